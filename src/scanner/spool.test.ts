import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { silentLog } from '../base/index.ts';
import type { ResultRequest } from '../contract/index.ts';
import { Spool } from './spool.ts';

const jobId = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

function resultOf(number: number, message = 'why'): ResultRequest {
  return { outcome: 'failed', leaseId: jobId(number), error: { code: 'probe_crashed', message } };
}

function setup() {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-spool-'));
  const open = async (maxBytes?: number) =>
    await Spool.open({ folder, log: silentLog, ...(maxBytes === undefined ? {} : { maxBytes }) });
  const files = () => readdirSync(folder).sort();
  const jobs = (spool: Spool) => spool.entries().map((entry) => entry.jobId);
  return { folder, open, files, jobs };
}

test('what was kept is there after a restart, oldest first, and numbers go on', async () => {
  const { open, jobs } = setup();
  const first = await open();
  for (const number of [3, 1, 2]) await first.add(jobId(number), resultOf(number));
  const second = await open();
  expect(jobs(second)).toEqual([jobId(3), jobId(1), jobId(2)]);
  expect(second.entries()[0]?.result).toEqual(resultOf(3));
  await second.add(jobId(4), resultOf(4));
  expect(jobs(await open())).toEqual([jobId(3), jobId(1), jobId(2), jobId(4)]);
});

test('results given at the same time are kept in the order of the calls', async () => {
  const { open, jobs } = setup();
  const spool = await open();
  await Promise.all([1, 2, 3, 4, 5].map(async (number) => await spool.add(jobId(number), resultOf(number))));
  expect(jobs(spool)).toEqual([1, 2, 3, 4, 5].map(jobId));
});

test('what was acknowledged is forgotten for good', async () => {
  const { open, files } = setup();
  const spool = await open();
  await spool.add(jobId(1), resultOf(1));
  const [entry] = spool.entries();
  if (entry === undefined) throw new Error('nothing kept');
  await spool.remove(entry);
  await spool.remove(entry);
  expect(files()).toEqual([]);
  expect([spool.count, spool.sizeBytes]).toEqual([0, 0]);
});

test('a full spool says so, keeps what it has and still takes the result of work in hand', async () => {
  const { open, jobs } = setup();
  const spool = await open(1000);
  expect(spool.hasRoom).toBe(true);
  await spool.add(jobId(1), resultOf(1, 'x'.repeat(999)));
  expect(spool.hasRoom).toBe(false);
  await spool.add(jobId(2), resultOf(2));
  expect(jobs(await open(1000))).toEqual([jobId(1), jobId(2)]);
  for (const entry of spool.entries()) await spool.remove(entry);
  expect(spool.hasRoom).toBe(true);
});

test('a file that is torn at any byte is dropped, and its neighbours are not', async () => {
  const { folder, open, files, jobs } = setup();
  const spool = await open();
  for (const number of [1, 2, 3]) await spool.add(jobId(number), resultOf(number));
  const torn = join(folder, files()[1] ?? '');
  const whole = readFileSync(torn);
  // Without its line end the last byte is still a whole result.
  for (let length = 0; length < whole.length - 1; length += 7) {
    writeFileSync(torn, whole);
    truncateSync(torn, length);
    expect(jobs(await open())).toEqual([jobId(1), jobId(3)]);
  }
});

test('a file with one byte changed is dropped', async () => {
  const { folder, open, files } = setup();
  await (await open()).add(jobId(1), resultOf(1));
  const path = join(folder, files()[0] ?? '');
  writeFileSync(path, readFileSync(path, 'utf8').replace('why', 'Why'));
  expect((await open()).count).toBe(0);
  expect(files()).toEqual([]);
});

test('files of somebody else are left alone', async () => {
  const { folder, open, files } = setup();
  writeFileSync(join(folder, 'README'), 'mine');
  expect((await open()).count).toBe(0);
  expect(files()).toEqual(['README']);
});

test('a disk that takes no more costs no result while the process lives', async () => {
  const { folder, open, jobs } = setup();
  const spool = await open();
  rmSync(folder, { recursive: true });
  await spool.add(jobId(1), resultOf(1));
  expect(jobs(spool)).toEqual([jobId(1)]);
});

test('a process killed at any instant loses nothing that it had kept', { timeout: 120_000 }, async () => {
  const { folder, open, files } = setup();
  for (let round = 0; round < 12; round += 1) {
    const kept = await writeUntilKilled(folder, 1 + round * 3);
    const spool = await open();
    const found = new Map(spool.entries().map((entry) => [entry.jobId, entry]));
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.filter((id) => !found.has(id))).toEqual([]);
    expect(files().filter((name) => !name.endsWith('.result'))).toEqual([]);
    // The one that was being written may be there or not, but never in part.
    expect(spool.count - kept.length).toBeLessThanOrEqual(1);
    for (const entry of spool.entries()) await spool.remove(entry);
  }
});

/** Lets a child keep results without end and kills it after it has told of `enough`; gives the ids it told of. */
async function writeUntilKilled(folder: string, enough: number): Promise<readonly string[]> {
  const child = spawn(process.execPath, ['test/testkit/programs/spool-writer.ts', folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let told = '';
  child.stdout.on('data', (chunk: Buffer) => {
    told += chunk.toString();
    if (told.split('\n').length > enough) child.kill('SIGKILL');
  });
  await once(child, 'close');
  return told.split('\n').slice(0, -1);
}
