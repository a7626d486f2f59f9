import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMigrationsFolder, startOwnCluster, type OwnCluster } from '../../test/testkit/index.ts';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { databaseNames, preflightRunSchema, type BundleSummary } from '../contract/index.ts';
import { runCommandLine } from './run.ts';

type Environment = Record<string, string | undefined>;

let cluster: OwnCluster;
const release = createMigrationsFolder({ config: ['create table a (id integer);'] });
const bundle: BundleSummary = {
  id: '20261122T163000Z-00000001',
  createdAt: new Date().toISOString(),
  bytes: 1,
  verifiedAt: new Date().toISOString(),
  schemaVersions: { config: 1, results: 0, jobs: 0 },
  state: 'proven',
  provenAt: new Date().toISOString(),
  damage: null,
  appVersion: '9.9.9',
  imageSha: 'unknown',
  encrypted: false,
  pinned: false,
};
const backupService = createServer((_, response) => response.end(JSON.stringify({ bundle })));

beforeAll(async () => {
  cluster = await startOwnCluster({});
  backupService.listen(0, '127.0.0.1');
  await once(backupService, 'listening');
  expect((await plimsoll({}, 'migrate')).exitCode).toBe(0);
});

afterAll(async () => {
  backupService.close();
  release[Symbol.dispose]();
  await cluster[Symbol.asyncDispose]();
});

/** Runs `plimsoll migrator …` in this process and gives what it printed. */
async function plimsoll(change: Environment, ...words: string[]) {
  const urls = cluster.urls('owner');
  const environment = {
    ...Object.fromEntries(databaseNames.map((name) => [`${name.toUpperCase()}_DATABASE_URL`, urls[name].reveal()])),
    RELEASE_MANIFEST: release.manifestPath,
    MIGRATIONS_DIR: release.dir,
    BACKUP_SERVICE_URL: `http://127.0.0.1:${(backupService.address() as AddressInfo).port}`,
    ...change,
  };
  const printed = { stdout: '', stderr: '' };
  const exitCode = await runCommandLine({
    argv: ['migrator', ...words],
    environment,
    stdout: { write: (text) => (printed.stdout += text) },
    stderr: { write: (text) => (printed.stderr += text) },
    cwd: '/',
  });
  return { exitCode, ...printed };
}

async function recorded(): Promise<number> {
  const rows = await cluster.query('app', 'config', 'select count(*)::integer as runs from plimsoll.preflight_run');
  return Number(rows[0]?.['runs']);
}

test('a deployment that is ready: exit 0, every check with its evidence, and the run is recorded', async () => {
  const { exitCode, stdout, stderr } = await plimsoll({ OPERATOR: 'ada' }, 'preflight');
  expect(stdout).toMatch(
    /^Preflight of release 9\.9\.9 \(image unknown\)\n\n✓ Manifest and migrations agree +release 9\.9\.9 requires/,
  );
  expect(stdout).toMatch(/\n✓ Release 9\.9\.9 may be applied: \d+ passed\.\n {2}Recorded as run [0-9a-f]{8} by ada; /);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
});

test('--json prints the run in the form of the Release page, and that it was recorded', async () => {
  const before = await recorded();
  const { exitCode, stdout } = await plimsoll({ OPERATOR: 'ada', IMAGE_SHA: 'abc' }, 'preflight', '--json');
  const json = JSON.parse(stdout) as Record<string, unknown>;
  expect(preflightRunSchema.safeParse(json).error).toBeUndefined();
  expect(json).toMatchObject({ status: 'pass', ranBy: 'ada', targetImageSha: 'abc', recorded: true, error: null });
  expect({ exitCode, runs: await recorded() }).toEqual({ exitCode: 0, runs: before + 1 });
});

test('a warning is exit 4, and with --strict a failure: exit 3, recorded as one', async () => {
  const change = { BACKUP_SERVICE_URL: '' };
  expect((await plimsoll(change, 'preflight')).exitCode).toBe(4);
  const strict = await plimsoll(change, 'preflight', '--strict', '--json');
  expect(strict.exitCode).toBe(3);
  expect(JSON.parse(strict.stdout)).toMatchObject({ status: 'fail', counts: { fail: 0 }, strict: true });
  expect((await plimsoll(change, 'preflight', '--strict')).stdout).toContain(
    'must not be applied yet (--strict: a warning is a failure): ',
  );
});

test('a failure is exit 3, with the command that mends it', async () => {
  const holder = await cluster.connect('owner', 'config');
  await holder.query('drop table a');
  await holder.query('create table a (id integer)');
  await holder.end();
  using changed = createMigrationsFolder({ config: ['create table other ();'] });
  const { exitCode, stdout } = await plimsoll({ MIGRATIONS_DIR: changed.dir }, 'preflight');
  expect(exitCode).toBe(3);
  expect(stdout).toMatch(/\n✗ Migration ledger .*changed: migration 0001_step_1 in config changed/);
  expect(stdout).toMatch(/→ git checkout -- migrations\/config\/0001_step_1\.sql\n/);
});

test.each<[string, Environment]>([
  ['a malformed database URL', { JOBS_DATABASE_URL: 'mysql://x' }],
  ['a manifest that is not there', { RELEASE_MANIFEST: '/nowhere/release.json' }],
])('%s keeps it from running: exit 2', async (_, change) => {
  const { exitCode, stdout, stderr } = await plimsoll(change, 'preflight');
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toMatch(/^plimsoll: .*\n {2}→ /);
});

test('a run that cannot be recorded is exit 2, and prints what it found all the same', async () => {
  const url = cluster.urls('readonly').config.reveal();
  const { exitCode, stdout } = await plimsoll({ CONFIG_DATABASE_URL: url }, 'preflight');
  expect(exitCode).toBe(2);
  expect(stdout).toContain('✓ Postgres version');
  expect(stdout).toMatch(/✗ the run could not be recorded in .*\[preflight_not_recorded\]\n {4}→ /);
  const json = await plimsoll({ CONFIG_DATABASE_URL: url }, 'preflight', '--json');
  expect(JSON.parse(json.stdout)).toMatchObject({
    recorded: false,
    ranBy: null,
    error: { code: 'preflight_not_recorded' },
  });
});

test('a run that cannot be recorded is kept in a file, and recorded from there later, once, by whoever does it', async () => {
  using folder = createMigrationsFolder({});
  const file = join(folder.dir, 'run.json');
  const away = { CONFIG_DATABASE_URL: 'postgres://plimsoll_owner:hunter2@127.0.0.1:1/config', OPERATOR: 'ada' };
  const before = await recorded();
  const kept = await plimsoll(away, 'preflight', '--output', file);
  expect(kept.exitCode).toBe(2);
  expect(kept.stdout).toContain(`Kept in ${file}; once it can be recorded: plimsoll migrator preflight record ${file}`);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const text = await readFile(file, 'utf8');
  for (const url of Object.values(cluster.urls('owner'))) {
    const { password } = new URL(url.reveal());
    if (password !== '') expect(text).not.toContain(password);
  }
  expect(text).not.toContain('hunter2');
  expect(await recorded()).toBe(before);
  const later = await plimsoll({ OPERATOR: 'kim' }, 'preflight', 'record', file);
  expect(later).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/^Recorded run .* made by ada on .*; recorded by kim\./),
  });
  const again = await plimsoll({ OPERATOR: 'eve' }, 'preflight', 'record', file, '--json');
  expect(JSON.parse(again.stdout)).toMatchObject({ ranBy: 'ada', recordedBy: 'kim', alreadyRecorded: true });
  expect(await recorded()).toBe(before + 1);
  const foreign = text.replace(/"jobs": "[0-9a-f]{64}"/, `"jobs": "${'0'.repeat(64)}"`);
  await writeFile(file, foreign);
  expect(await plimsoll({}, 'preflight', 'record', file)).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(/its jobs database is another.*\[preflight_file_foreign\]/),
  });
});

test('a run that is recorded is kept too when a file is named, and a file that cannot be written is exit 2', async () => {
  const before = await recorded();
  const { exitCode, stdout } = await plimsoll({}, 'preflight', '--output', '/nowhere/run.json', '--json');
  expect({ exitCode, runs: await recorded() }).toEqual({ exitCode: 2, runs: before + 1 });
  expect(JSON.parse(stdout)).toMatchObject({
    recorded: true,
    output: null,
    error: { code: 'preflight_file_unwritable' },
  });
});

test('every bad setting of the release is told, though preflight itself does not read it', async () => {
  const { exitCode, stdout } = await plimsoll({ PORT: 'eighty' }, 'preflight');
  expect(exitCode).toBe(3);
  expect(stdout).toContain('1 setting is wrong for this release: PORT must be a whole number');
});
