import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { databaseNames, type DatabaseName, type RehearsedMigration } from '../src/contract/index.ts';
import { defaultManifestPath, defaultMigrationsDir, readManifest } from '../src/manifest/index.ts';
import { runMigrator, type MigratorReport } from '../src/migrator/index.ts';
import { rehearsalScratch } from '../src/postgres/index.ts';
import { createNextRelease, type NextRelease } from '../test/migrator/next-release.ts';
import { serverKinds, type TestServer } from '../test/testkit/postgres-servers.ts';
import { seeded } from '../test/testkit/seeded.ts';
import { takeBundle, testTarget } from '../test/testkit/take-bundle.ts';
import { startChild, type TestChild } from '../test/testkit/child.ts';
import { waitFor } from '../test/testkit/wait-for.ts';
import { markdownTable } from './measure.ts';

/** Of a gigabyte; BENCH_REHEARSAL_SHARE makes a quick try of it. */
const share = Number(process.env['BENCH_REHEARSAL_SHARE'] ?? 1);
const killRounds = Number(process.env['BENCH_REHEARSAL_KILLS'] ?? 5);
const seed = Number(process.env['BENCH_REHEARSAL_SEED'] ?? Date.now() % 2 ** 31);

/** What a release brings that does some of everything to tables of that size. */
const further = {
  config: ['alter table audit_events add column origin text;'],
  results: [
    'alter table findings alter column ordinal type bigint;',
    'create index findings_by_kind on findings (kind, found_at);',
    '-- plimsoll: transaction=none\ncreate index concurrently findings_by_time on findings (found_at);',
    "alter table results add column note text; update results set note = kind || '/' || attempt;",
    'alter table findings add constraint ordinal_is_not_negative check (ordinal >= 0);',
  ],
  jobs: ['alter table scan_jobs drop constraint port_is_a_port, alter column port type bigint;'],
};

/** Statements that fill the product's own tables; a share of 1 makes about a gigabyte. */
const fill: Readonly<Record<DatabaseName, string>> = {
  config: `insert into audit_events (actor, actor_method, action, details)
    select 'user ' || i % 50, 'password', 'scan.created', jsonb_build_object('scan', i) from generate_series(1, ${rows(200_000)}) i`,
  results: `insert into targets (id, address) select gen_random_uuid(), '10.0.0.' || i from generate_series(1, 250) i;
    insert into results (lease_id, job_id, scan_id, scanner_id, target_id, kind, attempt)
      select gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), t.id, 'tcp', 1
        from generate_series(1, ${rows(2400)}) i cross join targets t;
    insert into findings (lease_id, sequence, ordinal, kind, finding, job_id)
      select r.lease_id, 0, i, 'tcp', jsonb_build_object('open', true, 'port', i, 'banner', repeat(md5(r.lease_id::text || i), 4)), r.job_id
        from results r cross join generate_series(1, 3) i`,
  jobs: `insert into scans (id, name, requested_by) values ('10000000-0000-4000-8000-000000000001', 'a scan', 'bench');
    insert into scan_jobs (id, scan_id, kind, host, port)
      select gen_random_uuid(), '10000000-0000-4000-8000-000000000001', 'tcp', '10.0.' || i % 250 || '.1', 80
        from generate_series(1, ${rows(500_000)}) i`,
};

function rows(whole: number): number {
  return Math.ceil(whole * share);
}

interface Scene {
  readonly server: TestServer;
  readonly databases: Readonly<Record<DatabaseName, string>>;
  readonly folder: string;
  readonly bin: string;
  readonly next: NextRelease;
}

/**
 * Rehearses a release on a deployment of a gigabyte, kills rehearsals in the middle, and then migrates for real; gives a
 * Markdown section. Throws when anything of a rehearsal is left behind.
 */
export async function benchRehearsal(): Promise<string> {
  const kind = serverKinds().find(({ bin }) => bin !== undefined);
  if (kind?.bin === undefined) throw new Error('this suite needs an installed PostgreSQL: apt-get install postgresql');
  const under = await mkdtemp(join(tmpdir(), 'plimsoll-bench-'));
  await chmod(under, 0o711);
  try {
    await using server = await kind.start({ under, settings: ['max_wal_size=4GB', 'shared_buffers=256MB'] });
    using next = await createNextRelease(further);
    const databases = await makeDeployment(server);
    const scene: Scene = { server, databases, folder: under, bin: kind.bin, next };
    const bytes = await sizeOf(scene);
    await takeOwnBundle(scene);
    const rehearsal = await rehearse(scene);
    const kills = await killInTheMiddle(scene);
    const real = await migrate(scene);
    return sectionOf({ label: kind.label, bytes, rehearsal, kills, real });
  } finally {
    await rm(under, { recursive: true, force: true });
  }
}

async function makeDeployment(server: TestServer): Promise<Scene['databases']> {
  const made: Partial<Record<DatabaseName, string>> = {};
  for (const name of databaseNames) made[name] = await server.createDatabase();
  const databases = made as Record<DatabaseName, string>;
  const manifest = await readManifest(defaultManifestPath());
  await runMigrator({ urls: urlsOf({ server, databases }), manifest, migrationsDir: defaultMigrationsDir() });
  for (const name of databaseNames) {
    await server.query(databases[name], fill[name]);
    await server.query(databases[name], 'vacuum analyze');
  }
  return databases;
}

function urlsOf({ server, databases }: Pick<Scene, 'server' | 'databases'>) {
  const { config, results, jobs } = databases;
  return { config: server.url(config), results: server.url(results), jobs: server.url(jobs) };
}

async function sizeOf({ server, databases }: Scene): Promise<number> {
  const [size] = await server.query(
    'postgres',
    'select sum(pg_database_size(datname))::float8 as bytes from pg_database where datname = any($1)',
    [Object.values(databases)],
  );
  return Number(size?.['bytes']);
}

async function takeOwnBundle({ server, databases, folder }: Scene): Promise<void> {
  const sql = "select value as id from settings where key = 'deployment.id'";
  const [found] = await server.query(databases.config, sql);
  const change = { deploymentId: String(found?.['id']) };
  await takeBundle({ urls: urlsOf({ server, databases }), target: testTarget(join(folder, 'backups')), change });
}

/** A process of the program as an operator starts it. */
function start(scene: Scene, words: readonly string[], ofNext: boolean): TestChild {
  const { config, results, jobs } = urlsOf(scene);
  return startChild({
    args: ['src/main.ts', 'migrator', ...words],
    environment: {
      CONFIG_DATABASE_URL: config.reveal(),
      RESULTS_DATABASE_URL: results.reveal(),
      JOBS_DATABASE_URL: jobs.reveal(),
      DATA_DIR: scene.folder,
      PG_BIN: scene.bin,
      ...(ofNext ? { RELEASE_MANIFEST: scene.next.manifestPath, MIGRATIONS_DIR: scene.next.dir } : {}),
    },
  });
}

async function run(scene: Scene, words: readonly string[], ofNext: boolean): Promise<string> {
  await using child = start(scene, words, ofNext);
  const exitCode = await child.exited;
  if (exitCode !== 0)
    throw new Error(`migrator ${words.join(' ')} ended with ${exitCode}: ${child.stderr()}${child.stdout()}`);
  return child.stdout();
}

interface Rehearsed {
  readonly wholeSeconds: number;
  readonly seconds: number;
  readonly restoreSeconds: number;
  readonly migrations: readonly RehearsedMigration[];
}

async function rehearse(scene: Scene): Promise<Rehearsed> {
  const from = performance.now();
  const printed = JSON.parse(await run(scene, ['rehearse', '--json'], true)) as Omit<Rehearsed, 'wholeSeconds'>;
  const wholeSeconds = (performance.now() - from) / 1000;
  await requireNothingLeft(scene);
  return { ...printed, wholeSeconds };
}

async function scratchDatabases({ server }: Scene): Promise<readonly unknown[]> {
  const sql = `select datname from pg_database where datname like '${rehearsalScratch.prefix}%'`;
  return (await server.query('postgres', sql)).map(({ datname }) => datname);
}

async function requireNothingLeft(scene: Scene): Promise<void> {
  const left = await scratchDatabases(scene);
  if (left.length > 0) throw new Error(`left behind: ${left.join(', ')}`);
}

/** Each is swept by the migrator of the release that is there, which has nothing to apply. */
async function killInTheMiddle(scene: Scene): Promise<{ readonly rounds: number; readonly withLeft: number }> {
  const random = seeded(seed);
  let withLeft = 0;
  for (let round = 1; round <= killRounds; round += 1) {
    const child = start(scene, ['rehearse'], true);
    await waitFor(async () => (await scratchDatabases(scene)).length > 0, {
      what: 'scratch databases',
      timeoutMs: 120_000,
    });
    await delay(random() * 60_000 * share);
    await child.end('SIGKILL');
    withLeft += (await scratchDatabases(scene)).length > 0 ? 1 : 0;
    const held = `select from pg_locks where locktype = 'advisory' and classid = ${rehearsalScratch.lockClass}`;
    await waitFor(async () => (await scene.server.query('postgres', held)).length === 0, {
      what: 'its session to end',
      timeoutMs: 60_000,
    });
    await run(scene, ['migrate'], false);
    await requireNothingLeft(scene);
  }
  return { rounds: killRounds, withLeft };
}

async function migrate(scene: Scene): Promise<MigratorReport> {
  return JSON.parse(await run(scene, ['migrate', '--json'], true)) as MigratorReport;
}

interface Outcome {
  readonly label: string;
  readonly bytes: number;
  readonly rehearsal: Rehearsed;
  readonly kills: { readonly rounds: number; readonly withLeft: number };
  readonly real: MigratorReport;
}

function sectionOf({ label, bytes, rehearsal, kills, real }: Outcome): string {
  const compared = rehearsal.migrations.map((migration) => {
    const database = real.databases.find(({ name }) => name === migration.database);
    const took =
      (database?.applied.find(({ version }) => version === migration.version)?.durationMs ?? Number.NaN) / 1000;
    return { migration, took, ratio: migration.seconds / took };
  });
  const table = compared.map(({ migration, took, ratio }) => [
    `${migration.database}: \`${statementOf(migration)}\``,
    migration.seconds.toFixed(2),
    took.toFixed(2),
    ratio.toFixed(2),
    migration.locks[0] === undefined
      ? 'none'
      : `${migration.locks[0].mode}, ${migration.locks[0].heldSeconds.toFixed(2)} s`,
    megabytes(migration.walBytes),
    megabytes(migration.peakDiskBytes),
    megabytes(migration.tempBytes),
  ]);
  const header = [
    'migration',
    'rehearsed, s',
    'real, s',
    'ratio',
    'strongest lock',
    'log, MB',
    'disk at most, MB',
    'temporary, MB',
  ];
  return [
    '## Rehearsal',
    '',
    `A deployment of ${Math.round(bytes / 1e6)} MB on one ${label}, durable, on disk; the rehearsal beside it took ${rehearsal.wholeSeconds.toFixed(0)} s in all, ${rehearsal.restoreSeconds.toFixed(0)} s of them to restore the bundle and ${rehearsal.seconds.toFixed(1)} s to migrate. Then the same migrations were run for real, once.`,
    '',
    markdownTable(header, table),
    '',
    `${kills.rounds} more rehearsals were killed with SIGKILL at a random moment (seed ${seed}); ${kills.withLeft} of them left scratch databases, and after the next run of the migrator none was there.`,
    '',
  ].join('\n');
}

/** The further migrations of a database are its last ones, named `next_1` and so on. */
function statementOf({ database, name }: RehearsedMigration): string {
  const sql = further[database][Number(name.replace('next_', '')) - 1] ?? '';
  return sql.replace(/^-- .*\n/, '').replace(/;$/, '');
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(bytes < 10e6 ? 1 : 0);
}
