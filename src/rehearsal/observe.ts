import { setTimeout as delay } from 'node:timers/promises';
import type { Secret } from '../base/index.ts';
import { lockModes, type DatabaseName, type RehearsedMigration } from '../contract/index.ts';
import type { MigrationDefinition, MigrationObserver } from '../migrator/index.ts';
import { connect, disconnect, type PostgresClient } from '../postgres/index.ts';
import { LockTimes, type SeenLock } from './lock-times.ts';

/** Measures what a migrator does in scratch databases. */
export interface Meter extends AsyncDisposable {
  readonly observer: MigrationObserver;
  /** In the order in which they came to their end. */
  readonly measured: readonly RehearsedMigration[];
}

/** Opens a session beside the migrator's in each database; nothing it asks waits for a lock that a migration holds. */
export async function openMeter(
  names: readonly DatabaseName[],
  urls: Readonly<Record<DatabaseName, Secret>>,
): Promise<Meter> {
  const watchers = new Map<DatabaseName, Watcher>();
  const close = async (): Promise<void> => {
    for (const watcher of watchers.values()) await watcher[Symbol.asyncDispose]();
  };
  const measured: RehearsedMigration[] = [];
  try {
    for (const name of names) watchers.set(name, await Watcher.open(name, urls[name]));
  } catch (error) {
    await close();
    throw error;
  }
  const watcherOf = (name: DatabaseName): Watcher => {
    const watcher = watchers.get(name);
    if (watcher === undefined) throw new TypeError(`${name} is not rehearsed`);
    return watcher;
  };
  return {
    measured,
    observer: {
      before: async ({ database }, processId) => await watcherOf(database).begin(processId),
      inspectSql: (database) => watcherOf(database).inspectSql,
      after: async (migration, durationMs, observed) => {
        measured.push(await watcherOf(migration.database).end(migration, durationMs / 1000, observed));
      },
    },
    [Symbol.asyncDispose]: close,
  };
}

/** Short enough to tell a lock held for an instant from one held for a second; each look costs well below a millisecond. */
const lookEveryMs = 25;
/** How large a database is takes longer to find out: every file of it is looked at. */
const weighEvery = 10;

interface Level {
  readonly walBytes: number;
  readonly tempBytes: number;
  readonly diskBytes: number;
}

interface Watch {
  readonly processId: number;
  /** Tables that are there before the migration, by their number. */
  readonly tables: ReadonlyMap<string, string>;
  readonly level: Level;
  readonly locks: LockTimes;
  readonly stop: AbortController;
  peakBytes: number;
  looking: Promise<void> | undefined;
}

class Watcher {
  readonly #client: PostgresClient;
  readonly #serverVersion: number;
  #watch: Watch | undefined;

  private constructor(client: PostgresClient, serverVersion: number) {
    this.#client = client;
    this.#serverVersion = serverVersion;
  }

  static async open(name: string, url: Secret): Promise<Watcher> {
    const client = await connect({ name, url, applicationName: 'plimsoll-rehearsal', connectTimeoutMs: 10_000 });
    const { rows } = await client.query<{ version: number }>(
      "select pg_catalog.current_setting('server_version_num')::integer as version",
    );
    return new Watcher(client, rows[0]?.version ?? 0);
  }

  /** Every lock that a transaction has taken on a table is still held at its end; rows are counted by the session itself. */
  get inspectSql(): string {
    const flush = this.#serverVersion >= 150_000 ? 'pg_catalog.pg_stat_force_next_flush()' : 'null';
    return `select pg_catalog.json_build_object(
      'flush', ${flush}::text,
      'rows', (select coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) from pg_catalog.pg_stat_xact_user_tables
        where schemaname <> 'plimsoll'),
      'locks', (select coalesce(pg_catalog.json_agg(pg_catalog.json_build_object('table', relation::text, 'mode', mode)), '[]')
        from (select l.relation::bigint as relation, l.mode from pg_catalog.pg_locks l
          where l.pid = pg_catalog.pg_backend_pid() and l.locktype = 'relation' and l.granted) held)) as observed;`;
  }

  async begin(processId: number): Promise<void> {
    const { rows } = await this.#client.query<{ id: string; name: string }>(tablesSql);
    const level = await this.#read(processId);
    const watch: Watch = {
      processId,
      tables: new Map(rows.map(({ id, name }) => [id, name])),
      level,
      locks: new LockTimes(performance.now()),
      stop: new AbortController(),
      peakBytes: level.diskBytes,
      looking: undefined,
    };
    this.#watch = watch;
    watch.looking = this.#look(watch).catch(() => undefined);
  }

  async #look(watch: Watch): Promise<void> {
    for (let looks = 0; !watch.stop.signal.aborted; looks += 1) {
      const at = performance.now();
      const { rows } = await this.#client.query<SeenLock>(locksSql, [watch.processId]);
      watch.locks.see(rows, at, performance.now());
      if (looks % weighEvery === 0) watch.peakBytes = Math.max(watch.peakBytes, await this.#weigh());
      await delay(lookEveryMs, undefined, { signal: watch.stop.signal });
    }
  }

  async end(migration: MigrationDefinition, seconds: number, observed: unknown): Promise<RehearsedMigration> {
    const watch = this.#watch;
    if (watch === undefined) throw new TypeError('no migration was begun');
    const endedAt = performance.now();
    watch.stop.abort();
    await watch.looking;
    const { locks, rows } = observedOf(observed);
    const now = await this.#read(watch.processId);
    const { database, version, name } = migration;
    const held = watch.locks.end(migration.transactional ? locks : [], endedAt);
    return {
      database,
      version,
      name,
      seconds,
      locks: strongestOf(held, watch.tables, seconds),
      rowsWritten: rows,
      walBytes: Math.max(0, now.walBytes - watch.level.walBytes),
      tempBytes: Math.max(0, now.tempBytes - watch.level.tempBytes),
      diskBytes: now.diskBytes - watch.level.diskBytes,
      peakDiskBytes: Math.max(watch.peakBytes, now.diskBytes) - watch.level.diskBytes,
    };
  }

  async #weigh(): Promise<number> {
    const { rows } = await this.#client.query<{ bytes: string }>(
      'select pg_catalog.pg_database_size(pg_catalog.current_database()) as bytes',
    );
    return Number(rows[0]?.bytes);
  }

  /** Since Postgres 18 a session's own write-ahead log is counted; before, that of the server. */
  async #read(processId: number): Promise<Level> {
    const wal =
      this.#serverVersion >= 180_000
        ? `(select wal_bytes from pg_catalog.pg_stat_get_backend_wal(${processId}))`
        : "pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_insert_lsn(), '0/0')";
    const { rows } = await this.#client.query<{ wal: string; temp: string; disk: string }>(
      `select ${wal} as wal, temp_bytes as temp, pg_catalog.pg_database_size(datname) as disk
         from pg_catalog.pg_stat_database where datname = pg_catalog.current_database()`,
    );
    const [row] = rows;
    return { walBytes: Number(row?.wal), tempBytes: Number(row?.temp), diskBytes: Number(row?.disk) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#watch?.stop.abort();
    await disconnect(this.#client);
  }
}

const tablesSql = `
select c.oid::bigint::text as id, pg_catalog.format('%s.%s', n.nspname, c.relname) as name
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'm') and n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'plimsoll')`;

const locksSql = `
select relation::bigint::text as table, mode from pg_catalog.pg_locks
where pid = $1 and locktype = 'relation' and granted`;

function observedOf(observed: unknown): { readonly rows: number; readonly locks: readonly SeenLock[] } {
  const { rows = 0, locks = [] } = (observed ?? {}) as { rows?: number | string; locks?: SeenLock[] };
  return { rows: Number(rows), locks };
}

/** Of each table that was there before its strongest lock; that of a reader, who is in nobody's way, is left out. */
function strongestOf(
  held: readonly (SeenLock & { readonly heldSeconds: number })[],
  tables: ReadonlyMap<string, string>,
  atMostSeconds: number,
): RehearsedMigration['locks'] {
  const rankOf = (mode: string): number => lockModes.findIndex((known) => known === mode);
  const strongest = new Map<string, RehearsedMigration['locks'][number]>();
  for (const { table, mode, heldSeconds } of held) {
    const name = tables.get(table);
    if (name === undefined || mode === 'AccessShareLock') continue;
    const other = strongest.get(name);
    if (other === undefined || rankOf(mode) > rankOf(other.mode))
      strongest.set(name, { table: name, mode, heldSeconds: Math.min(heldSeconds, atMostSeconds) });
  }
  return [...strongest.values()].sort((left, right) => rankOf(right.mode) - rankOf(left.mode));
}
