import { writeFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import {
  createMigrationsFolder,
  createTestDatabases,
  hangingServer,
  type MigrationsFolder,
  type TestDatabases,
} from '../../test/testkit/index.ts';
import { databaseNames, type DatabaseName } from '../contract/index.ts';
import { runCommandLine } from './run.ts';

type Environment = Record<string, string | undefined>;

function environmentFor(databases: TestDatabases, release: MigrationsFolder, more: Environment = {}): Environment {
  const urls = databaseNames.map((name) => [`${name.toUpperCase()}_DATABASE_URL`, databases[name].urls.owner.reveal()]);
  return {
    ...Object.fromEntries(urls),
    RELEASE_MANIFEST: release.manifestPath,
    MIGRATIONS_DIR: release.dir,
    MIGRATOR_LOCK_TIMEOUT_MS: '100',
    MIGRATOR_LOCK_ATTEMPTS: '3',
    ...more,
  };
}

/** Runs `plimsoll migrator …` in this process and gives what it printed. */
async function plimsoll(environment: Environment, ...argv: string[]) {
  return await plimsollAnswering(undefined, environment, ...argv);
}

/** The same, with somebody at the keyboard. */
async function plimsollAnswering(answer: string | undefined, environment: Environment, ...argv: string[]) {
  const printed = { stdout: '', stderr: '' };
  const exitCode = await runCommandLine({
    argv,
    environment,
    stdout: { write: (text) => (printed.stdout += text) },
    stderr: { write: (text) => (printed.stderr += text) },
    cwd: '/',
    ...(answer === undefined ? {} : { openStdin: () => Readable.from([answer]) }),
  });
  const json = argv.includes('--json') ? (JSON.parse(printed.stdout) as Json) : { databases: [], migrations: [] };
  return { exitCode, ...printed, json };
}

interface Json {
  readonly databases: readonly Record<string, unknown>[];
  readonly migrations: readonly Record<string, unknown>[];
}

async function setup(
  files: Partial<Record<DatabaseName, string[]>> = { config: ['create table a ();', 'create table b ();'] },
) {
  const databases = await createTestDatabases();
  const release = createMigrationsFolder(files);
  const environment = environmentFor(databases, release);
  return {
    databases,
    release,
    environment,
    run: async (...words: string[]) => await plimsoll(environment, 'migrator', ...words),
    [Symbol.asyncDispose]: async () => {
      release[Symbol.dispose]();
      await databases[Symbol.asyncDispose]();
    },
  };
}

test('behind, migrated and ok: status exits 3 and then 0, and `plimsoll migrator` is `migrator migrate`', async () => {
  await using deployment = await setup();
  const before = await deployment.run('status', '--json');
  expect(before.exitCode).toBe(3);
  expect(before.json.databases).toMatchObject([
    {
      name: 'config',
      status: 'behind',
      current: 0,
      required: 2,
      pending: [{ version: 1, name: 'step_1' }, { version: 2 }],
      problems: [],
    },
    { name: 'results', status: 'ok', current: 0, required: 0 },
    { name: 'jobs', status: 'ok' },
  ]);
  const migrated = await deployment.run('--json');
  expect(migrated.exitCode).toBe(0);
  expect(migrated.json.databases[0]).toMatchObject({ name: 'config', outcome: 'migrated', from: 0, current: 2 });
  expect((await deployment.run('status')).exitCode).toBe(0);
  const again = await deployment.run('migrate');
  expect(again).toMatchObject({ exitCode: 0, stderr: '' });
  expect(again.stdout).toBe(
    '✓ config   at 2  nothing to do\n✓ results  at 0  nothing to do\n✓ jobs     at 0  nothing to do\n',
  );
});

test('every line that is not ok ends with the command that mends it', async () => {
  await using deployment = await setup();
  expect((await deployment.run('status')).stdout).toBe(
    [
      '! config   behind  at 0, release requires 2',
      '    pending 0001_step_1',
      '    pending 0002_step_2',
      '    → npx plimsoll migrator',
      '✓ results  ok      at 0',
      '✓ jobs     ok      at 0',
      '',
    ].join('\n'),
  );
});

test('a changed file is refused with exit 3, by migrate and by status', async () => {
  await using deployment = await setup();
  await deployment.run();
  deployment.release.write('config', 2, 'create table c ();');
  expect((await deployment.run('status', '--json')).json.databases[0]).toMatchObject({
    status: 'ok',
    problems: [{ code: 'changed' }],
  });
  expect((await deployment.run('status')).exitCode).toBe(3);
  const refused = await deployment.run();
  expect(refused.exitCode).toBe(3);
  expect(refused.stdout).toMatch(
    /refused: changed: migration 0002_step_2 in config .*\[migrator_schema_refused\]\n {4}→ git checkout -- migrations\/config\/0002_step_2\.sql\n/,
  );
});

test('a manifest that is ahead of the migration files is an error of status, not a database behind with nothing pending', async () => {
  await using deployment = await setup();
  writeFileSync(deployment.release.manifestPath, JSON.stringify(deployment.release.requiring({ jobs: 2 })));
  const status = await deployment.run('status');
  expect(status).toMatchObject({ exitCode: 1, stdout: '' });
  expect(status.stderr).toContain('the newest migration here is 0000 [migrator_definitions_missing]');
});

test('a server that the manifest does not accept is told by status, before the migrator refuses it', async () => {
  await using deployment = await setup({});
  const manifest = { ...deployment.release.manifest, postgres: { min: 10, max: 11 } };
  writeFileSync(deployment.release.manifestPath, JSON.stringify(manifest));
  const status = await deployment.run('status');
  expect(status.exitCode).toBe(3);
  expect(status.stdout).toMatch(
    /config +ok +at 0\n {4}postgres_unsupported: config runs on Postgres \d+, this release accepts 10 to 11\n/,
  );
  expect((await deployment.run('status', '--json')).json.databases[0]).toMatchObject({ postgres: { accepted: false } });
});

test('an older image finds the database ahead: exit 3, and the page of status says whether it may run', async () => {
  await using deployment = await setup({ config: ['select;', '-- plimsoll: oldest-compatible=2\nselect;'] });
  await deployment.run();
  using older = createMigrationsFolder({ config: ['select;'] });
  const environment = environmentFor(deployment.databases, older);
  expect((await plimsoll(environment, 'migrator', 'migrate')).exitCode).toBe(3);
  const status = await plimsoll(environment, 'migrator', 'status', '--json');
  expect(status.exitCode).toBe(3);
  expect(status.json.databases[0]).toMatchObject({ status: 'ahead', current: 2, required: 1, aheadAllowed: false });
});

test('a database that cannot be reached is unknown with exit 2, even while another is behind', async () => {
  await using deployment = await setup();
  const environment = { ...deployment.environment, JOBS_DATABASE_URL: 'postgres://owner:hunter2@127.0.0.1:1/jobs' };
  const status = await plimsoll(environment, 'migrator', 'status', '--json');
  expect(status.exitCode).toBe(2);
  expect(status.json.databases).toMatchObject([
    { status: 'behind' },
    { status: 'ok' },
    { status: 'unknown', current: null, error: { code: 'database_unreachable' } },
  ]);
  const migrated = await plimsoll(environment, 'migrator', 'migrate');
  expect(migrated.exitCode).toBe(1);
  expect(migrated.stdout).toMatch(/Split: config moved on, jobs did not\./);
  expect(JSON.stringify(status) + migrated.stdout + migrated.stderr).not.toContain('hunter2');
});

test('a server that accepts and never answers is database_timeout, within a bound', async () => {
  await using deployment = await setup();
  await using server = await hangingServer();
  const environment = {
    ...deployment.environment,
    JOBS_DATABASE_URL: `postgres://owner@127.0.0.1:${server.port}/jobs`,
  };
  const { exitCode, json } = await plimsoll(environment, 'migrator', 'migrate', '--json');
  expect(exitCode).toBe(1);
  expect(json.databases).toMatchObject([
    { outcome: 'migrated' },
    {},
    { outcome: 'failed', error: { code: 'database_timeout' } },
  ]);
});

test('a role without rights is migrator_role_insufficient, with the grant to run', async () => {
  await using deployment = await setup();
  const environment = { ...deployment.environment, CONFIG_DATABASE_URL: deployment.databases.config.urls.app.reveal() };
  const { exitCode, json, stdout } = await plimsoll(environment, 'migrator', 'migrate', '--json');
  expect(exitCode).toBe(1);
  expect(json.databases[0]).toMatchObject({ outcome: 'failed', error: { code: 'migrator_role_insufficient' } });
  expect(stdout).toMatch(/grant create on database .* to .*plimsoll_app/);
});

test('a malformed URL, an unknown database and a bad --to are named before anything is tried', async () => {
  await using deployment = await setup();
  const malformed = await plimsoll(
    { ...deployment.environment, JOBS_DATABASE_URL: 'mysql://x/y' },
    'migrator',
    'status',
  );
  expect(malformed).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('JOBS_DATABASE_URL must start with postgres://'),
  });
  expect((await deployment.run('status', '--database', 'result')).stderr).toContain('there is no database "result"');
  expect((await deployment.run('migrate', '--to', 'two')).stderr).toContain(
    '--to takes a migration number, found "two"',
  );
});

test('--database keeps to one, --to stops early, --dry-run changes nothing', async () => {
  await using deployment = await setup({ config: ['select;', 'select;'], jobs: ['select;'] });
  const dry = await deployment.run('migrate', '--dry-run', '--json');
  expect(dry).toMatchObject({
    exitCode: 0,
    json: { dryRun: true, databases: [{ outcome: 'planned' }, { outcome: 'up-to-date' }, { outcome: 'planned' }] },
  });
  const one = await deployment.run('migrate', '--database', 'config', '--to', '1', '--json');
  expect(one.json.databases).toMatchObject([{ name: 'config', current: 1, required: 2 }]);
  expect((await deployment.run('status', '--json')).json.databases).toMatchObject([{ current: 1 }, {}, { current: 0 }]);
});

test('history is newest first and says who, when, how long and from which build', async () => {
  await using deployment = await setup();
  await plimsoll({ ...deployment.environment, OPERATOR: 'ada', IMAGE_SHA: 'abc123' }, 'migrator', 'migrate');
  const { exitCode, json } = await deployment.run('history', '--json');
  expect(exitCode).toBe(0);
  expect(json.migrations).toMatchObject([
    {
      database: 'config',
      version: 2,
      name: 'step_2',
      appliedBy: 'ada',
      appliedBySource: 'operator',
      appVersion: '9.9.9',
      imageSha: 'abc123',
      durationMs: expect.any(Number),
    },
    { database: 'config', version: 1 },
  ]);
  expect((await deployment.run('history')).stdout).toMatch(
    /config {2}0002_step_2 {2}\d+ ms {2}ada {2}9\.9\.9 \(abc123\) {2}run [0-9a-f]{8}\n/,
  );
});

test('drift exits 0 on a clean install, 3 when something was changed by hand, 2 when it cannot tell', async () => {
  await using deployment = await setup({ config: ['select;'], results: ['select;'], jobs: ['create table a ();'] });
  expect((await deployment.run('drift')).exitCode).toBe(2);
  await deployment.run();
  expect((await deployment.run('drift', '--json')).json.databases).toMatchObject([
    { status: 'none' },
    { status: 'none' },
    { status: 'none' },
  ]);
  expect((await deployment.run('drift')).exitCode).toBe(0);
  await deployment.databases.jobs.query('owner', 'alter table a add column b text');
  const drift = await deployment.run('drift');
  expect(drift.exitCode).toBe(3);
  expect(drift.stdout).toMatch(/jobs +drift: 1 object differs from what run [0-9a-f]{8} recorded /);
  expect(drift.stdout).toContain('    added column public.a.b\n      live:     text\n');
});

test('repair shows what it found, and goes on only when the name of the database is typed, or with --yes', async () => {
  await using deployment = await setup({
    config: [
      'create table a (id integer);',
      '-- plimsoll: transaction=none\ncreate index concurrently a_by_id on a (nothing);',
    ],
  });
  expect((await deployment.run('repair')).stdout).toBe('✓ nothing to repair\n');
  expect((await deployment.run()).exitCode).toBe(1);
  const refused = await plimsollAnswering('jobs\n', deployment.environment, 'migrator', 'repair');
  expect(refused.exitCode).toBe(3);
  expect(refused.stderr).toMatch(/config: migration 0002_step_2 was interrupted\n {2}started .* by plimsoll_owner\n/);
  expect(refused.stderr).toContain('  | create index concurrently a_by_id on a (nothing);\nType config to go on: ');
  expect((await deployment.run('repair')).stdout).toContain('[repair_not_confirmed]');
  deployment.release.write('config', 2, '-- plimsoll: transaction=none\ncreate index concurrently a_by_id on a (id);');
  const repaired = await plimsollAnswering('config\n', deployment.environment, 'migrator', 'repair');
  expect(repaired).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('✓ config   repaired 0002_step_2\n') });
  expect((await deployment.run('status')).exitCode).toBe(0);
});

test('repair --yes does not ask, and still shows what it found, on a terminal or not', async () => {
  await using deployment = await setup({
    config: ['select;', '-- plimsoll: transaction=none\ncreate index concurrently a_by_id on a (id);'],
  });
  await deployment.run();
  await deployment.databases.config.query('owner', 'create table a (id integer)');
  const repaired = await deployment.run('repair', '--yes');
  expect(repaired).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('repaired 0002_step_2') });
  expect(repaired.stderr).toMatch(
    /config: migration 0002_step_2 was interrupted\n[^]* {2}will do {4}run the statement/,
  );
});

test('commands that are shown start the migrator in the way of this deployment', async () => {
  await using deployment = await setup({ config: ['select;', 'select nothing;'] });
  const environment = { ...deployment.environment, MIGRATOR_COMMAND: 'npx plimsoll migrator' };
  expect((await plimsoll(environment, 'migrator', 'status')).stdout).toContain('    → npx plimsoll migrator\n');
  expect((await plimsoll(environment, 'migrator', 'migrate')).stdout).toContain(
    'then run `npx plimsoll migrator` again.',
  );
  expect((await plimsoll(environment, 'migrator', 'drift')).stdout).toContain('    → npx plimsoll migrator\n');
  deployment.release.write('config', 1, 'select 1;');
  const changed = await plimsoll(environment, 'migrator', 'status');
  expect(changed.stdout).toContain('→ git checkout -- migrations/config/0001_step_1.sql\n');
});
