import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { createBackupClient } from '../../src/backups/client/index.ts';
import { Secret } from '../../src/base/index.ts';
import type { BundleList, Verification } from '../../src/contract/index.ts';
import { scratchFolder, startChild, waitFor } from '../testkit/index.ts';
import { ready, up, type UpStack } from './stack.ts';

const run = promisify(execFile);

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command of the program on the stack of the data folder, as another terminal does. */
async function plimsoll(dataDir: string, ...words: string[]): Promise<Ended> {
  const env = { ...process.env, DATA_DIR: dataDir };
  try {
    return { code: 0, ...(await run(process.execPath, ['src/main.ts', ...words], { env })) };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, stdout, stderr };
  }
}

function clientOf(stack: UpStack) {
  const { backupServiceUrl, backupServiceToken } = stack.file();
  return createBackupClient({ url: backupServiceUrl ?? '', token: new Secret(backupServiceToken ?? '') });
}

test('an operator takes, lists, verifies and proves bundles; the service is killed meanwhile and says so when it is back', async () => {
  await using scratch = await scratchFolder();
  const dataDir = join(scratch.path, 'data');
  await using stack = await up({ dataDir, environment: { LOG_LEVEL: 'info' } });
  await ready(stack);

  expect((await plimsoll(dataDir, 'backup', 'list')).stdout).toContain('No bundle yet');
  const taken = await plimsoll(dataDir, 'backup', 'take', '--pin', 'the first one');
  expect(taken).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^✓ Took \S+ \(.+\), whole on local, in/) as string,
  });
  const list = JSON.parse((await plimsoll(dataDir, 'backup', 'list', '--json')).stdout) as BundleList;
  expect(list.bundles).toMatchObject([{ state: 'verified', pin: { note: 'the first one' } }]);
  const id = list.bundles[0]?.id ?? '';
  expect(taken.stdout).toContain(id);

  expect(await plimsoll(dataDir, 'backup', 'verify', 'latest')).toMatchObject({ code: 0 });
  const proven = await plimsoll(dataDir, 'backup', 'verify', id, '--prove', '--json');
  expect(proven.code).toBe(0);
  const { verifications } = JSON.parse(proven.stdout) as { verifications: Verification[] };
  expect(verifications).toMatchObject([{ bundleId: id, method: 'restore', result: 'passed' }]);
  expect((await plimsoll(dataDir, 'posture')).stdout).toMatch(new RegExp(`Last backup .*${id}\\), proven`));

  // Killed while it takes one.
  const client = clientOf(stack);
  const killed = await client.take({ by: 'test' });
  await waitFor(async () => (await client.run(killed.id)).bundleId !== null, { what: 'the snapshots', everyMs: 5 });
  const before = stack.file().pids.backup ?? 0;
  process.kill(before, 'SIGKILL');
  await waitFor(() => stack.file().pids.backup !== before, { what: 'a new backup service' });
  await waitFor(async () => (await client.run(killed.id)).state === 'interrupted', {
    what: 'the run to be told as interrupted',
    timeoutMs: 20_000,
  });
  expect(stack.child.stderr()).toMatch(/the backup service \(process \d+\) ended unexpectedly; starting it again/);
  expect(readFileSync(join(dataDir, 'backup.log'), 'utf8')).toContain('an earlier run was interrupted');
  expect(readdirSync(join(dataDir, 'backups', 'incoming'))).toEqual([]);
  const { bundles } = await waitFor(async () => await client.list(), { what: 'the list of the new service' });
  expect(bundles.map((bundle) => bundle.id)).toEqual([id]);

  // With the service dead: the folder and the databases are enough.
  const second = await plimsoll(dataDir, 'backup', 'take', '--direct', '--json');
  expect(second.code).toBe(0);
  const { bundleId } = JSON.parse(second.stdout) as { bundleId: string };
  const folder = join(dataDir, 'backups', 'bundles', bundleId);
  expect(await plimsoll(dataDir, 'backup', 'verify', folder)).toMatchObject({ code: 0 });
  const dump = readdirSync(folder).find((name) => name.startsWith('jobs')) ?? '';
  writeFileSync(join(folder, dump), 'x', { flag: 'r+' });
  expect(await plimsoll(dataDir, 'backup', 'verify', bundleId, '--direct')).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('[bundle_damaged]') as string,
  });
});

test('two takings at once: one is refused and says who is at it', async () => {
  await using scratch = await scratchFolder();
  const dataDir = join(scratch.path, 'data');
  await using stack = await up({ dataDir });
  await ready(stack);
  const ends = await Promise.all([
    plimsoll(dataDir, 'backup', 'take', '--direct'),
    plimsoll(dataDir, 'backup', 'take', '--direct'),
    plimsoll(dataDir, 'backup', 'take', '--direct'),
  ]);
  const codes = ends.map(({ code }) => code);
  expect(codes).toContain(0);
  for (const { code, stderr } of ends)
    if (code !== 0)
      expect({ code, stderr }).toMatchObject({ code: 3, stderr: expect.stringMatching(/\[backup_busy\]/) as string });
});

test('a data folder of a release without backups gets its service, and a service without a good token does not start', async () => {
  await using scratch = await scratchFolder();
  const dataDir = join(scratch.path, 'data');
  {
    await using first = await up({ dataDir });
    await first.child.end('SIGINT');
  }
  const path = join(dataDir, 'secrets.json');
  const {
    backupServiceToken: _,
    provePassword: __,
    ...older
  } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  writeFileSync(path, JSON.stringify(older));
  rmSync(join(dataDir, 'backups'), { recursive: true, force: true });
  await using second = await up({ dataDir });
  await ready(second);
  expect(await clientOf(second).latest()).toMatchObject({ bundle: null });

  for (const [token, found] of [
    [undefined, 'is not set'],
    ['too-short', 'at least 16 characters, found 9'],
  ] as const) {
    await using service = startChild({
      args: ['src/main.ts', 'backup', 'serve'],
      environment: { DATA_DIR: dataDir, BACKUP_PORT: '0', BACKUP_SERVICE_TOKEN: token },
    });
    expect(await service.exited).toBe(1);
    expect(service.stderr()).toContain(found);
  }
});
