import type { BreachSeverity, ThresholdRow } from '../contract/index.ts';

/** One reading that can be out of order, and from where on it is; docs/database-status.md and the page are made from these. */
export interface Threshold extends Omit<ThresholdRow, 'code'> {
  /** What is measured, in words. */
  readonly measures: string;
  /** Why it matters, and from where the numbers come. */
  readonly about: string;
  /** What to do, in words; the page shows the command. */
  readonly remedy: string;
  /** True where little is bad. */
  readonly below?: boolean;
}

const none = { info: null, warn: null, critical: null } as const;
const million = 1_000_000;

/** Every threshold, by its code. A number of null: this never counts as that. */
export const thresholds = {
  slow_answer: {
    ...none,
    section: 'server',
    title: 'Slow to answer',
    measures: 'how long a new connection takes, signing in included',
    unit: 'milliseconds',
    warn: 500,
    about:
      'A healthy server lets somebody in within some milliseconds on the same machine, and within a few round trips anywhere. Half a second is felt in every request that needs a new connection.',
    remedy: 'Look at the load of the machine, at the network between, and at how many connections come and go.',
  },
  monitor_role: {
    ...none,
    section: 'rights',
    title: 'Role may not see all',
    measures: 'that the role has not been granted `pg_monitor`',
    unit: 'count',
    warn: 1,
    about:
      'Without `pg_monitor` the server hides what other roles do: ages of transactions, statements, positions of standbys. What is hidden is said to be hidden, not to be well.',
    remedy: 'Grant the role `pg_monitor`, or let the manager use the role that is meant for this.',
  },
  connections_used: {
    ...none,
    section: 'connections',
    title: 'Connections in use',
    measures: 'client connections of the whole server, against `max_connections` without the reserved ones',
    unit: 'share',
    warn: 0.8,
    critical: 0.95,
    about:
      'A server without a free connection turns everybody away, the product first and the person who wants to look last: the reserved ones are for superusers. Upgrades need some free, as the old and the new managers are connected at the same time.',
    remedy: 'See who holds them, and end what has been forgotten; raising `max_connections` takes a restart.',
  },
  idle_in_transaction: {
    ...none,
    section: 'sessions',
    title: 'Idle in transaction',
    measures: 'how long a session with an open transaction has done nothing, since its last statement ended',
    unit: 'seconds',
    warn: 60,
    critical: 900,
    about:
      'Its locks and its snapshot stay: migrations wait for it, and dead rows behind it cannot be removed. Counted from when it fell idle, not from when the transaction began, which is the false alarm that others have raised (check_pgactivity, issues 131 and 306). No request of the product is idle in one for long; dumps are told apart.',
    remedy: 'Have its program end the transaction; if nobody answers for it, end the session.',
  },
  long_transaction: {
    ...none,
    section: 'sessions',
    title: 'Long transaction',
    measures: 'how long a transaction has been open, of sessions that are no dump, no migration and no vacuum',
    unit: 'seconds',
    warn: 300,
    critical: 3600,
    about:
      'Also one that keeps working holds its locks and its snapshot. A request of the manager is given up after two seconds, so it is a person, a report or another program.',
    remedy: 'Ask whose it is; cancel its statement, or end the session.',
  },
  prepared_transaction: {
    ...none,
    section: 'sessions',
    title: 'Prepared transaction',
    measures: 'how long a transaction has been prepared and not finished',
    unit: 'seconds',
    warn: 60,
    critical: 900,
    about:
      'It keeps its locks without any session, also through a restart. The product prepares none, so something else has forgotten it.',
    remedy: 'Commit it or roll it back, as its coordinator would have.',
  },
  lock_wait: {
    ...none,
    section: 'locks',
    title: 'Waiting for a lock',
    measures: 'how long a session has been waiting for a lock',
    unit: 'seconds',
    warn: 5,
    critical: 60,
    about:
      'Short waits are how a database works. The manager gives a statement two seconds and the migrator steps back after as long, so a wait of five has somebody at its head who does not move.',
    remedy: 'End the session at the head of the queue, not the one that waits.',
  },
  migration_running: {
    ...none,
    section: 'work',
    title: 'Migration under way',
    measures: 'how long the statement of a migration has been running',
    unit: 'seconds',
    info: 0,
    warn: 3600,
    about:
      'Expected while somebody upgrades. A statement of an hour is worth a look at what it waits for, even when it was rehearsed.',
    remedy: 'Follow it under Work under way; if it waits, mend what it waits for.',
  },
  dump_running: {
    ...none,
    section: 'work',
    title: 'Dump under way',
    measures: 'how long a dump has kept its snapshot',
    unit: 'seconds',
    info: 0,
    warn: 3600,
    about:
      'While a dump runs, no row that dies can be removed: in the queue of jobs, where every lease leaves one, leasing becomes slower the longer it takes. That passes when it ends.',
    remedy:
      'Let it end; it comes often or takes long on a large database, so take bundles at a quiet hour (`BACKUP_SCHEDULE`).',
  },
  horizon_held: {
    ...none,
    section: 'horizon',
    title: 'Dead rows kept',
    measures:
      'how many transactions ago the oldest session, slot, standby or prepared transaction began to keep dead rows',
    unit: 'transactions',
    warn: 10 * million,
    critical: 100 * million,
    about:
      'Vacuum removes nothing that died since, so tables grow and the age of the database with them. Counted in transactions, for on a quiet server even days do no harm.',
    remedy: 'End what holds it: the session, the slot that nobody reads, the standby that asks for it.',
  },
  dead_rows: {
    ...none,
    section: 'vacuum',
    title: 'Dead rows',
    measures:
      'dead rows of a table, against the number with which autovacuum is to come; tables with fewer than 10,000 never count',
    unit: 'times',
    warn: 2,
    critical: 10,
    about:
      'At once the number autovacuum is due, at twice it is late. Dead rows are counted by the server; bloat would be an estimate from statistics, which is often wrong by half, so there is none here.',
    remedy: 'Vacuum the table, unless something keeps its dead rows; then mend that first.',
  },
  autovacuum_off: {
    ...none,
    section: 'vacuum',
    title: 'Autovacuum off',
    measures: 'that `autovacuum` or `track_counts` is off for the server',
    unit: 'count',
    warn: 1,
    about: 'Tables then grow without end, until the server vacuums in spite of it to prevent wraparound.',
    remedy: 'Switch it on; no restart is needed.',
  },
  wraparound: {
    ...none,
    section: 'wraparound',
    title: 'Transaction ids used',
    measures: 'transaction ids or multixacts used, against those there are until the server takes no more writes',
    unit: 'share',
    warn: 0.5,
    critical: 0.8,
    about:
      'Autovacuum keeps this under a tenth by itself. At half something has kept it from its work for long; preflight refuses at four fifths.',
    remedy: 'Remove what keeps dead rows, then vacuum the oldest tables.',
  },
  standby_behind: {
    ...none,
    section: 'replication',
    title: 'Standby behind',
    measures: 'write-ahead log that a standby has not replayed',
    unit: 'bytes',
    warn: 256 * million,
    critical: 4000 * million,
    about:
      'What a standby has not received is lost if it is promoted. Counted in bytes: seconds grow on an idle server where nothing is missing. Preflight warns at the same number.',
    remedy: 'Look at the network, at the disk of the standby, and at long queries that run on it.',
  },
  slot_behind: {
    ...none,
    section: 'replication',
    title: 'Slot keeps log',
    measures: 'write-ahead log that is kept for a slot that somebody reads',
    unit: 'bytes',
    warn: 256 * million,
    critical: 16_000 * million,
    about: 'It is kept on the disk of the server until it was read, and a full disk stops the server.',
    remedy: 'Find out why its reader does not keep up.',
  },
  slot_inactive: {
    ...none,
    section: 'replication',
    title: 'Slot without a reader',
    measures: 'write-ahead log that is kept for a slot that nobody reads',
    unit: 'bytes',
    info: 0,
    warn: 16 * million,
    critical: 1000 * million,
    about:
      'It grows with every write until the disk is full or the slot is lost. A standby that restarts is back within one segment of the log, which is why less than that is only told.',
    remedy: 'Start its reader again, or drop the slot.',
  },
  slot_lost: {
    ...none,
    section: 'replication',
    title: 'Slot lost',
    measures: 'that a slot has lost the log it needs, or will with the next checkpoint',
    unit: 'count',
    critical: 1,
    about: 'Its standby or subscriber cannot go on from it and has to be made anew.',
    remedy: 'Make the standby anew, and drop the slot.',
  },
  invalid_index: {
    ...none,
    section: 'indexes',
    title: 'Invalid index',
    measures: 'indexes that are invalid and not being built',
    unit: 'count',
    warn: 1,
    about:
      'Left behind by a `create index concurrently` that failed: each write still pays for it, and no query is served by it. One of the product is finished by running the migrator again.',
    remedy: 'Drop it concurrently and make it again, or rebuild it.',
  },
  cache_hit: {
    ...none,
    section: 'cache',
    title: 'Blocks found in memory',
    measures:
      'blocks found in the memory of the server, of those asked for in the last hours; not judged below 100,000',
    unit: 'share',
    info: 0.9,
    below: true,
    about:
      "By itself harmless, and so only told: what is not in the server's memory may be in the machine's. Counted over the last hours: over all time since the counters began, a bad day does not show, and a bad first hour shows for weeks.",
    remedy: 'If queries are slow too, give the server more memory (`shared_buffers`).',
  },
} as const satisfies Readonly<Record<string, Threshold>>;

export type ThresholdCode = keyof typeof thresholds;

const worstFirst = ['critical', 'warn', 'info'] as const;

/** What a measured value is by a threshold; null: in order. */
export function severityOf(code: ThresholdCode, value: number): BreachSeverity | null {
  const threshold: Threshold = thresholds[code];
  const isBeyond = (limit: number): boolean => (threshold.below === true ? value < limit : value >= limit);
  return worstFirst.find((severity) => threshold[severity] !== null && isBeyond(threshold[severity])) ?? null;
}

/** The thresholds as the API tells them. */
export function thresholdRows(): ThresholdRow[] {
  return (Object.entries(thresholds) as [string, Threshold][]).map(
    ([code, { section, title, unit, info, warn, critical }]) => ({ code, section, title, unit, info, warn, critical }),
  );
}
