import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { silentLog } from '../base/index.ts';
import { openLastKnownFile, readOnly } from './last-known-file.ts';
import { nothingKnown, type LastKnown } from './last-known.ts';

async function setup() {
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-last-known-'));
  const path = join(folder, 'last-known.json');
  const warnings: string[] = [];
  const log = { ...silentLog, warn: (_: object, message: string) => warnings.push(message) };
  return {
    folder,
    path,
    warnings,
    open: (dataDir = folder) => openLastKnownFile(dataDir, log),
    read: async () => JSON.parse(await readFile(path, 'utf8')) as LastKnown,
    [Symbol.asyncDispose]: async () => await rm(folder, { recursive: true, force: true }),
  };
}

function known(current: number, second: number): LastKnown {
  const readAt = new Date(Date.UTC(2026, 10, 22, 17, 0, second)).toISOString();
  return {
    ...nothingKnown,
    databases: { ...nothingKnown.databases, config: { status: 'ok', current, readAt } },
  };
}

test('what one process knew, the next one knows', async () => {
  await using dir = await setup();
  const file = dir.open();
  file.save(known(7, 0));
  await file.flush();
  expect(await dir.open().load()).toEqual(known(7, 0));
  expect(await readdir(dir.folder)).toEqual(['last-known.json']);
});

test('a folder without the file knows nothing and says nothing', async () => {
  await using dir = await setup();
  expect(await dir.open().load()).toEqual(nothingKnown);
  expect(await dir.open(join(dir.folder, 'absent')).load()).toEqual(nothingKnown);
  expect(dir.warnings).toEqual([]);
});

test('a folder that does not exist is made', async () => {
  await using dir = await setup();
  const deeper = join(dir.folder, 'a', 'b');
  const file = dir.open(deeper);
  file.save(known(7, 0));
  await file.flush();
  expect(await readdir(deeper)).toEqual(['last-known.json']);
});

test.each([
  ['empty', ''],
  ['cut off', '{"format": "plimsoll last known 1", "data'],
  ['of another program', '{"hello": "world"}'],
  ['of another format', JSON.stringify({ ...nothingKnown, format: 'plimsoll last known 2' })],
  ['ours with a wrong value', JSON.stringify({ ...nothingKnown, databases: { config: 7, results: null, jobs: null } })],
])('a file that is %s is ignored with one line in the log, and replaced later', async (_, text) => {
  await using dir = await setup();
  await writeFile(dir.path, text);
  const file = dir.open();
  expect(await file.load()).toEqual(nothingKnown);
  expect(dir.warnings).toEqual(['ignoring the file of last known readings']);
  file.save(known(7, 0));
  await file.flush();
  expect(await dir.read()).toEqual(known(7, 0));
});

test('an unchanged value is not written again within a minute, a changed one at once', async () => {
  await using dir = await setup();
  const file = dir.open();
  file.save(known(7, 0));
  await file.flush();
  file.save(known(7, 59));
  await new Promise(setImmediate);
  expect(await dir.read()).toEqual(known(7, 0));
  file.save(known(8, 59));
  await file.flush();
  expect(await dir.read()).toEqual(known(8, 59));
});

test('at the end the times of the last readings are written', async () => {
  await using dir = await setup();
  const file = dir.open();
  file.save(known(7, 0));
  await file.flush();
  file.save(known(7, 30));
  await file.flush();
  expect(await dir.read()).toEqual(known(7, 30));
});

test('a folder that cannot be written is complained of once and hurts nobody', async () => {
  await using dir = await setup();
  // A file in the place of the folder: root, too, cannot write below it.
  const blocked = join(dir.folder, 'blocked');
  await writeFile(blocked, '');
  await chmod(blocked, 0o400);
  const file = dir.open(blocked);
  file.save(known(7, 0));
  await file.flush();
  file.save(known(8, 1));
  await file.flush();
  expect(dir.warnings).toEqual(['cannot keep the last known readings']);
});

test('a process that only looks reads the file and never writes it', async () => {
  await using dir = await setup();
  const keeper = dir.open();
  keeper.save(known(7, 0));
  await keeper.flush();
  const looker = readOnly(dir.open());
  expect(await looker.load()).toEqual(known(7, 0));
  looker.save(known(9, 30));
  await looker.flush();
  expect(await dir.read()).toEqual(known(7, 0));
});

test('a file that is read late does not undo what was saved meanwhile, nor is it overwritten unread', async () => {
  await using dir = await setup();
  // Reading it waits until somebody writes.
  await promisify(execFile)('mkfifo', [dir.path]);
  const file = dir.open();
  const loading = file.load();
  file.save(known(8, 30));
  await writeFile(dir.path, JSON.stringify(known(7, 0)));
  expect(await loading).toEqual(known(7, 0));
  await file.flush();
  expect(await dir.read()).toEqual(known(8, 30));
});
