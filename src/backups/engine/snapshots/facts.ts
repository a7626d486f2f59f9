import { readFingerprint, readLedger } from '../../../migrator/index.ts';
import { classifyPostgresError, targetOf } from '../../../postgres/index.ts';
import type { SnapshotFacts } from '../../types.ts';
import { transientTables } from '../transient-tables.ts';
import type { Session } from './session.ts';

/** What is known the moment a snapshot is there. */
export type SnapshotHead = Pick<SnapshotFacts, 'snapshot' | 'serverVersion' | 'snapshotAt' | 'lsn'>;

/** Takes and exports the snapshot of a transaction that has run no statement yet. */
export async function takeSnapshot(session: Session): Promise<SnapshotHead> {
  const [head] = await session.query<SnapshotHead>(`
    select pg_catalog.pg_export_snapshot() as snapshot,
      pg_catalog.current_setting('server_version_num')::integer as "serverVersion",
      pg_catalog.to_char(pg_catalog.clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "snapshotAt",
      case when pg_catalog.pg_is_in_recovery() then pg_catalog.pg_last_wal_replay_lsn()
           else pg_catalog.pg_current_wal_lsn() end::text as lsn`);
  if (head === undefined) throw new TypeError('the server exported no snapshot');
  return head;
}

/** Reads the rest of the facts inside the snapshot. */
export async function readFacts(session: Session, head: SnapshotHead): Promise<SnapshotFacts> {
  const target = targetOf(session);
  const { rows } = await readLedger(session.client, target);
  const applied = rows.filter(({ finishedAt }) => finishedAt !== null);
  const schemaFingerprint = await readFingerprint(session.client).catch((error: unknown) => {
    throw classifyPostgresError(error, target);
  });
  const [size] = await session.query<{ bytes: string }>(
    'select pg_catalog.pg_database_size(pg_catalog.current_database()) as bytes',
  );
  return {
    ...head,
    schemaVersion: Math.max(0, ...applied.map(({ version }) => version)),
    oldestCompatible: Math.max(0, ...applied.map(({ oldestCompatible }) => oldestCompatible)),
    schemaFingerprint,
    databaseBytes: Number(size?.bytes),
    withoutRows: await readWithoutRows(session),
  };
}

/** The transient tables that are there, with all their partitions. */
async function readWithoutRows({ name, query }: Session): Promise<string[]> {
  const declared = transientTables.filter(({ database }) => database === name);
  const rows = await query<{ name: string }>(
    `with recursive tree (oid) as (
       select pg_catalog.to_regclass(format('%I.%I', t.schema, t.name)) from unnest($1::text[], $2::text[]) t (schema, name)
       union
       select i.inhrelid from pg_catalog.pg_inherits i join tree on i.inhparent = tree.oid
     )
     select format('%I.%I', s.nspname, c.relname) as name
       from tree join pg_catalog.pg_class c on c.oid = tree.oid join pg_catalog.pg_namespace s on s.oid = c.relnamespace`,
    [declared.map(({ schema }) => schema), declared.map(({ table }) => table)],
  );
  return rows.map((row) => row.name).sort();
}
