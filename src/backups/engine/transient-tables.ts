import type { DatabaseName } from '../../contract/index.ts';

/** A table whose rows are not dumped, and why a restored deployment is better off without them. */
interface TransientTable {
  readonly database: DatabaseName;
  readonly schema: string;
  readonly table: string;
  readonly reason: string;
}

/** Partitions go with their parents. Heartbeats of scanners are columns of `config.scanners`, not tables: they stay. */
export const transientTables: readonly TransientTable[] = [
  {
    database: 'jobs',
    schema: 'pgboss',
    table: 'instance',
    reason: 'Which manager processes work the queue now: each writes its own row when it starts.',
  },
  {
    database: 'jobs',
    schema: 'pgboss',
    table: 'queue_stats',
    reason: 'Samples of the length of the queues, taken again by the minute.',
  },
  {
    database: 'jobs',
    schema: 'pgboss',
    table: 'warning',
    reason: 'What the queue complained about in the past; nothing reads it to work.',
  },
];
