import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { sealTo } from '../../src/backups/index.ts';
import { runCommandLine } from '../../src/commands/run.ts';
import {
  databaseNames,
  preflightRunSchema,
  type DatabaseName,
  type RehearsedMigration,
} from '../../src/contract/index.ts';
import { defaultManifestPath, defaultMigrationsDir, readManifest } from '../../src/manifest/index.ts';
import { runMigrator } from '../../src/migrator/index.ts';
import { rehearsalScratch } from '../../src/postgres/index.ts';
import {
  startChild,
  startOwnCluster,
  takeBundle,
  testTarget,
  waitFor,
  type OwnCluster,
  type TakeOptions,
} from '../testkit/index.ts';
import { seeded } from '../testkit/seeded.ts';
import { createNextRelease, type NextRelease } from './next-release.ts';

// REHEARSAL_KILL_ROUNDS=100 runs the whole of it; REHEARSAL_KILL_SEED repeats a run that was printed.
const rounds = Number(process.env['REHEARSAL_KILL_ROUNDS'] ?? 1);
const seed = Number(process.env['REHEARSAL_KILL_SEED'] ?? Date.now() % 2 ** 31);

type Environment = Record<string, string | undefined>;

let cluster: OwnCluster;
let folder: string;
let next: NextRelease;
let deploymentId: string;

/** Rewrites what is there, builds beside it, and backfills: one of each kind of work. */
const further = {
  results: [
    'alter table findings alter column ordinal type bigint;',
    '-- plimsoll: transaction=none\ncreate index concurrently findings_by_time on findings (found_at);',
  ],
  jobs: ["alter table scans add column note text; update scans set note = 'x';"],
};

const rows = `
insert into results (lease_id, job_id, scan_id, scanner_id, target_id, kind, attempt)
  select gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), id, 'tcp', 1 from targets;
insert into findings (lease_id, sequence, ordinal, kind, finding, job_id)
  select gen_random_uuid(), 0, i, 'tcp', jsonb_build_object('text', repeat('x', 200)), gen_random_uuid() from generate_series(1, 8000) i`;

beforeAll(async () => {
  cluster = await startOwnCluster({});
  folder = await mkdtemp(join(tmpdir(), 'plimsoll-rehearsal-'));
  const manifest = await readManifest(defaultManifestPath());
  await runMigrator({ urls: cluster.urls('owner'), manifest, migrationsDir: defaultMigrationsDir(), operator: 'test' });
  await cluster.query(
    'owner',
    'jobs',
    "insert into scans (id, name, requested_by) select gen_random_uuid(), 'a scan', 'test' from generate_series(1, 50)",
  );
  await cluster.query('owner', 'results', rows);
  const [found] = await cluster.query(
    'owner',
    'config',
    "select value as id from settings where key = 'deployment.id'",
  );
  deploymentId = String(found?.['id']);
  next = await createNextRelease(further);
  await take();
}, 120_000);

afterAll(async () => {
  next[Symbol.dispose]();
  await rm(folder, { recursive: true });
  await cluster[Symbol.asyncDispose]();
});

/** A bundle of what is there now, in a folder of its own or in that of all tests. */
async function take(options: { root?: string; change?: object; seal?: NonNullable<TakeOptions['seal']> } = {}) {
  const { root = join(folder, 'backups'), change = {}, ...rest } = options;
  const urls = cluster.urls('readonly');
  return await takeBundle({ urls, target: testTarget(root), change: { deploymentId, ...change }, ...rest });
}

function environmentOf(release: NextRelease, change: Environment = {}): Environment {
  const urls = cluster.urls('owner');
  return {
    PATH: process.env['PATH'],
    PG_BIN: process.env['PG_BIN'],
    OPERATOR: 'ada',
    ...Object.fromEntries(databaseNames.map((name) => [`${name.toUpperCase()}_DATABASE_URL`, urls[name].reveal()])),
    RELEASE_MANIFEST: release.manifestPath,
    MIGRATIONS_DIR: release.dir,
    DATA_DIR: folder,
    ...change,
  };
}

async function plimsoll(release: NextRelease, change: Environment, ...words: string[]) {
  const printed = { stdout: '', stderr: '' };
  const exitCode = await runCommandLine({
    argv: ['migrator', ...words],
    environment: environmentOf(release, change),
    stdout: { write: (text) => (printed.stdout += text) },
    stderr: { write: (text) => (printed.stderr += text) },
    cwd: '/',
  });
  return { exitCode, ...printed };
}

async function scratchDatabases(): Promise<readonly unknown[]> {
  const found = await cluster.query(
    'superuser',
    'config',
    `select datname from pg_database where datname like '${rehearsalScratch.prefix}%' order by datname`,
  );
  return found.map(({ datname }) => datname);
}

async function versions(): Promise<readonly number[]> {
  const current = async (name: DatabaseName): Promise<number> => {
    const [row] = await cluster.query('owner', name, 'select max(version) as version from plimsoll.schema_migration');
    return Number(row?.['version']);
  };
  return await Promise.all(databaseNames.map(current));
}

test('the pending migrations are run on the bundle, measured and recorded; preflight then expects what was measured', async () => {
  const before = await versions();
  const { exitCode, stdout, stderr } = await plimsoll(next, {}, 'rehearse', '--json');
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const { migrations, ...rehearsal } = JSON.parse(stdout) as { migrations: RehearsedMigration[] };
  expect(rehearsal).toMatchObject({ status: 'passed', ranBy: 'ada', recorded: true, notes: [], problem: null });
  const measured = new Map(migrations.map((one) => [`${one.database}/${one.name}`, one]));
  const rewrite = measured.get('results/next_1');
  expect(rewrite?.locks).toMatchObject([{ table: 'public.findings', mode: 'AccessExclusiveLock' }]);
  expect(rewrite?.peakDiskBytes).toBeGreaterThan(0);
  expect(rewrite?.walBytes).toBeGreaterThan(100_000);
  expect(measured.get('results/next_2')).toMatchObject({ rowsWritten: 0 });
  const locks = [{ table: 'public.scans', mode: 'AccessExclusiveLock' }];
  expect(measured.get('jobs/next_1')).toMatchObject({ rowsWritten: 50, locks });
  expect({ versions: await versions(), left: await scratchDatabases() }).toEqual({ versions: before, left: [] });

  const preflight = await plimsoll(next, {}, 'preflight', '--json');
  const run = preflightRunSchema.parse(JSON.parse(preflight.stdout));
  expect(run.checks.find(({ code }) => code === 'rehearsal')).toMatchObject({
    status: 'pass',
    message: expect.stringMatching(
      /^rehearsed on your own data of .*Z: 3 migrations, [\d.]+ m?s, the longest /,
    ) as string,
  });
  expect(run.rehearsal).toMatchObject({ status: 'passed', ranBy: 'ada', migrations: 3 });
  expect(run.migrations.map(({ secondsFrom, rehearsed }) => ({ secondsFrom, seconds: rehearsed?.seconds }))).toEqual(
    run.migrations.map(({ seconds }) => ({ secondsFrom: 'rehearsal', seconds })),
  );
});

test('a migration that the data does not allow fails: exit 3, and preflight with it', async () => {
  using bad = await createNextRelease({
    results: ["alter table findings add constraint kind_is_short check (kind <> 'tcp');"],
  });
  const { exitCode, stdout } = await plimsoll(bad, {}, 'preflight', '--rehearse', '--json');
  const run = preflightRunSchema.parse(JSON.parse(stdout));
  expect(run.checks.find(({ code }) => code === 'rehearsal')).toMatchObject({
    status: 'fail',
    message: expect.stringMatching(/^the rehearsal on your own data of .* failed: results: .*kind_is_short/) as string,
  });
  expect(run.rehearsal).toMatchObject({ status: 'failed', seconds: null });
  expect({ exitCode, left: await scratchDatabases() }).toEqual({ exitCode: 3, left: [] });
});

test('rows that are gone and a schema that no fresh install has are told', async () => {
  await cluster.query(
    'owner',
    'jobs',
    'create table by_hand (id integer); insert into by_hand select generate_series(1, 3)',
  );
  onTestFinished(async () => void (await cluster.query('owner', 'jobs', 'drop table by_hand')));
  const root = join(folder, 'by-hand');
  await take({ root });
  using lossy = await createNextRelease({ jobs: ['delete from scans where id = (select id from scans limit 1);'] });
  const { exitCode, stdout } = await plimsoll(lossy, { BACKUP_DIR: root }, 'rehearse', '--json');
  expect(exitCode).toBe(0);
  const { notes } = JSON.parse(stdout) as { notes: string[] };
  expect(notes).toEqual([
    'jobs: the schema had drifted before this run: added column public.by_hand.id, added table public.by_hand',
    'jobs: public.scans has 49 rows, it had 50',
    'not as in a fresh install: jobs: column public.by_hand.id is more',
    'not as in a fresh install: jobs: table public.by_hand is more',
  ]);
});

test('a sealed bundle is rehearsed with its private key, and not without', async () => {
  const identity = await generateX25519Identity();
  const recipients = [await identityToRecipient(identity)];
  const root = join(folder, 'sealed');
  await take({ root, seal: { make: sealTo(recipients), recipients } });
  const path = join(folder, 'key.txt');
  await writeFile(path, `${identity}\n`, { mode: 0o600 });
  const without = await plimsoll(next, { BACKUP_DIR: root }, 'rehearse');
  expect({ exitCode: without.exitCode, told: without.stderr.includes('[bundle_sealed]') }).toEqual({
    exitCode: 2,
    told: true,
  });
  const opened = await plimsoll(next, { BACKUP_DIR: root }, 'rehearse', '--identity', path);
  expect(opened.stderr).toBe('');
  expect(opened.stdout).toMatch(/\n✓ Rehearsed on your own data of .*: 3 migrations, .*\.\n/);
});

test('what keeps it from being rehearsed is exit 2 and says why; preflight goes on, and its check is skipped with that reason', async () => {
  const foreign = join(folder, 'foreign');
  await take({ root: foreign, change: { deploymentId: 'another' } });
  const readonly = cluster.urls('readonly').config.reveal();
  const outcomes = [
    await plimsoll(next, { BACKUP_DIR: join(folder, 'nowhere') }, 'rehearse'),
    await plimsoll(next, { BACKUP_DIR: foreign }, 'rehearse'),
    await plimsoll(next, {}, 'rehearse', '--bundle', '20200101T000000Z-00000000'),
    await plimsoll(next, { REHEARSAL_DATABASE_URL: readonly }, 'rehearse'),
    await plimsoll(next, { REHEARSAL_DATABASE_URL: 'postgres://nobody@127.0.0.1:1/postgres' }, 'rehearse'),
    await plimsoll(next, { MIGRATOR_JOBS_DATABASE_URL: 'postgres://nobody@127.0.0.1:1/jobs' }, 'rehearse'),
    await plimsoll(next, { RELEASE_MANIFEST: '/nowhere/release.json' }, 'rehearse'),
  ];
  const told = outcomes.map(({ exitCode, stderr }) => [exitCode, /\[(\w+)\]/.exec(stderr)?.[1]]);
  expect(told).toEqual([
    [2, 'target_unavailable'],
    [2, 'rehearsal_bundle_foreign'],
    [2, 'bundle_missing'],
    [2, 'reload_rights_missing'],
    [2, 'database_unreachable'],
    [2, 'database_unreachable'],
    [2, 'manifest_unreadable'],
  ]);
  const { stdout } = await plimsoll(next, { BACKUP_DIR: foreign }, 'preflight', '--rehearse', '--json');
  const run = preflightRunSchema.parse(JSON.parse(stdout));
  expect(run.checks.find(({ code }) => code === 'rehearsal')).toMatchObject({
    status: 'skip',
    message: expect.stringContaining('is of the deployment another') as string,
  });
  expect(await scratchDatabases()).toEqual([]);
});

/** A rehearsal in a process of its own, once it has made scratch databases. */
async function startRehearsal() {
  const child = startChild({ args: ['src/main.ts', 'migrator', 'rehearse'], environment: environmentOf(next) });
  await waitFor(async () => (await scratchDatabases()).length > 0, { what: 'scratch databases', timeoutMs: 60_000 });
  return child;
}

test('Ctrl-C ends a rehearsal with exit 2 and leaves nothing', async () => {
  const child = await startRehearsal();
  const exitCode = await child.end('SIGINT');
  expect(child.stderr()).toContain('[rehearsal_cancelled]');
  expect({ exitCode, left: await scratchDatabases() }).toEqual({ exitCode: 2, left: [] });
});

test(
  `a rehearsal that is killed leaves nothing that the next one or the next migrator does not sweep, ${rounds} rounds by seed ${seed}`,
  async () => {
    const random = seeded(seed);
    for (let round = 1; round <= rounds; round += 1) {
      const child = await startRehearsal();
      await delay(random() * 3000);
      const left = await scratchDatabases();
      if (child.process.exitCode === null && left.length > 0) {
        // A living one loses nothing to a migrator that comes along.
        await migrateInVain();
        if (child.process.exitCode === null) expect((await scratchDatabases()).length).toBeGreaterThan(0);
      }
      await child.end('SIGKILL');
      await waitFor(async () => await areFree(), { what: 'the session of the killed one to end', timeoutMs: 60_000 });
      if (round % 2 === 0) expect(await plimsoll(next, {}, 'rehearse')).toMatchObject({ exitCode: 0, stderr: '' });
      else await migrateInVain();
      expect(await scratchDatabases(), `round ${round}`).toEqual([]);
    }
  },
  60_000 + rounds * 60_000,
);

/** A migrator of the release that is there: it has nothing to apply. */
async function migrateInVain(): Promise<void> {
  const change = { RELEASE_MANIFEST: undefined, MIGRATIONS_DIR: undefined };
  expect((await plimsoll(next, change, 'migrate')).exitCode).toBe(0);
}

/** Whether no session holds the lock of a rehearsal. */
async function areFree(): Promise<boolean> {
  const held = `select from pg_locks where locktype = 'advisory' and classid = ${rehearsalScratch.lockClass}`;
  return (await cluster.query('superuser', 'config', held)).length === 0;
}

test('with nothing pending there is nothing to rehearse: exit 0', async () => {
  const change = { RELEASE_MANIFEST: undefined, MIGRATIONS_DIR: undefined };
  expect(await plimsoll(next, change, 'rehearse')).toEqual({
    exitCode: 0,
    stdout: 'No migration is pending: there is nothing to rehearse.\n',
    stderr: '',
  });
});

test('a bundle from before the last migration is of other migrations than are pending: exit 2', async () => {
  using one = await createNextRelease({ jobs: [further.jobs[0] ?? ''] });
  expect((await plimsoll(one, {}, 'migrate')).exitCode).toBe(0);
  using two = await createNextRelease({ jobs: [further.jobs[0] ?? '', 'create table more (id integer);'] });
  const { exitCode, stderr } = await plimsoll(two, {}, 'rehearse');
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(
    /does not hold what is there now: jobs is at 5, in the bundle at 4 \[rehearsal_bundle_outdated\]/,
  );
});
