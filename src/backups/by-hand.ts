import {
  databaseNames,
  type BundleDatabase,
  type BundleManifest,
  type DatabaseName,
  type RestoreStep,
} from '../contract/index.ts';

/** Names of the live databases, where a deployment calls them otherwise. */
export type LiveNames = Readonly<Record<DatabaseName, string>>;

const usualNames: LiveNames = { config: 'config', results: 'results', jobs: 'jobs' };

/**
 * How one bundle is brought back without Plimsoll: with tar, sha256sum and the PostgreSQL client programs, and with zstd
 * and age where its files need them. Every line is run as it stands by a test. The programs connect as a superuser, by PGHOST
 * and its kin; whoever has databases on several servers sets them for each.
 */
export function handCommands(
  { id, databases, encryption }: Pick<BundleManifest, 'id' | 'databases' | 'encryption'>,
  names: LiveNames = usualNames,
): RestoreStep[] {
  return [
    { what: 'Unpack the archive that was downloaded.', command: `tar -xf plimsoll-${id}.tar && cd ${id}` },
    { what: 'See that every file is as it was written.', command: 'sha256sum -c SHA256SUMS' },
    {
      what: 'Set PGHOST, PGPORT, PGUSER and PGPASSWORD to a superuser of the server, and see that they are right. On a new server, make the roles with deploy/roles.sql first.',
      command: psql('postgres', String.raw`\conninfo`),
    },
    ...databases.flatMap((database) =>
      loadSteps(database, { live: names[database.name], isSealed: encryption !== null }),
    ),
    {
      what: 'Jobs that scanners hold from before are nobody’s: their results are turned away, and the jobs are done again.',
      command: `${psql(beside(names.jobs), 'update leases set epoch = -1 where ended_at is null')} && ${psql(beside(names.config), epochSql)}`,
    },
    {
      what: 'Stop every manager. Then exchange the databases: all of it, or, when a line fails, nothing. Where there is no database of before any more, leave its first line out.',
      command: `${psql('postgres', endSessionsSql(names))} && ${psql('postgres', exchangeSql(names))}`,
    },
    {
      what: 'Bring the schema to this release, start the managers, and see that all is well. Only then drop the databases of before.',
      command: psql('postgres', String.raw`select datname from pg_database where datname like '%\_before\_restore'`),
    },
  ];
}

const epochSql = `delete from settings where key = 'deployment.maintenance'; insert into settings (key, value, updated_by) values ('fleet.epoch', '1', 'by hand') on conflict (key) do update set value = to_jsonb((settings.value #>> '{}')::integer + 1)`;

interface LoadFacts {
  readonly live: string;
  readonly isSealed: boolean;
}

function loadSteps(database: BundleDatabase, facts: LoadFacts): RestoreStep[] {
  const target = beside(facts.live);
  return [
    {
      what: `Load ${database.name} beside the database of now, which stays as it is. ${programWords(database)}`,
      command: `createdb -T template0 -E UTF8 -O plimsoll_owner ${target} && ${loadCommand(database, target, facts.isSealed)} && ${psql(target, 'analyze')}`,
    },
  ];
}

function loadCommand({ format, compression, file }: BundleDatabase, target: string, isSealed: boolean): string {
  const opened = isSealed ? `age -d -i key.txt ${file.path}` : undefined;
  const load =
    format === 'custom'
      ? `pg_restore --exit-on-error --no-owner --role=plimsoll_owner -d ${target}`
      : `PGOPTIONS='-c role=plimsoll_owner' psql -X -q -v ON_ERROR_STOP=1 -o /dev/null -d ${target}`;
  const isReadable = compression === 'zstd-inside';
  if (isReadable) return opened === undefined ? `${load} ${file.path}` : `${opened} | ${load}`;
  return opened === undefined ? `zstd -dc ${file.path} | ${load}` : `${opened} | zstd -dc | ${load}`;
}

function programWords({ format, engineVersion }: BundleDatabase): string {
  return format === 'custom' ? `pg_restore has to be of PostgreSQL ${engineVersion} or newer.` : 'It is plain SQL.';
}

/** Where a database is loaded before it takes the name. */
function beside(live: string): string {
  return `${live}_by_hand`;
}

function psql(database: string, sql: string): string {
  return `psql -X -q -v ON_ERROR_STOP=1 -d ${database} -c "${sql}"`;
}

function endSessionsSql(names: LiveNames): string {
  const list = databaseNames.map((name) => `'${names[name]}'`).join(', ');
  return `select count(pg_terminate_backend(pid)) as ended from pg_stat_activity where datname in (${list})`;
}

/** Statements of one `-c` are one transaction. */
function exchangeSql(names: LiveNames): string {
  return databaseNames
    .map((name) => names[name])
    .map(
      (live) =>
        `alter database ${live} rename to ${live}_before_restore; alter database ${beside(live)} rename to ${live}`,
    )
    .join('; ');
}
