import { countText } from '../../base/index.ts';
import type { ReplicationReading, SlotReading, StandbyReading } from '../../contract/index.ts';
import type { RunSql } from '../../postgres/index.ts';
import { instant, type Section } from './section.ts';

/** A receiver of the log alone never replays: what it has written counts. */
const standbysSql = `
select coalesce(nullif(application_name, ''), host(client_addr), 'not shown') as name, state, sync_state as sync,
  case when pg_is_in_recovery() then null
    else pg_wal_lsn_diff(pg_current_wal_lsn(), coalesce(replay_lsn, flush_lsn, write_lsn, sent_lsn))::double precision end as "behindBytes",
  extract(epoch from replay_lag)::double precision as "behindSeconds"
from pg_stat_replication where state is distinct from 'backup' order by 4 desc nulls last`;

/** A standby's slot belongs to the whole server, a logical one to one database. Through JSON: not every version has every column. */
const slotsSql = `
select slot_name::text as name, slot_type as type, active, wal_status as "walStatus",
  case when pg_is_in_recovery() then null
    else pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::double precision end as "keptBytes",
  safe_wal_size::double precision as "safeBytes", (to_jsonb(s) ->> 'inactive_since')::timestamptz as "inactiveSince"
from pg_replication_slots s
where database is null or database = current_database()
order by 5 desc nulls last`;

/**
 * While nothing comes, the age of the last transaction grows and says nothing: a standby that has replayed all it got
 * is not behind.
 */
const followingSql = `
select (select count(*) > 0 from pg_stat_wal_receiver) as receiving,
  pg_wal_lsn_diff(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())::double precision as "behindBytes",
  case when pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() then 0
    else extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp())::double precision end as "behindSeconds"
where pg_is_in_recovery()`;

/** The standbys that follow this server, the one furthest behind first. */
export async function readStandbys(run: RunSql): Promise<StandbyReading[]> {
  return await run<StandbyReading>(standbysSql);
}

/** The slots that keep write-ahead log on this server, the one that keeps most first. */
export async function readSlots(run: RunSql): Promise<SlotReading[]> {
  const rows = await run<Omit<SlotReading, 'inactiveSince'> & { inactiveSince: Date | null }>(slotsSql);
  return rows.map((row) => Object.assign(row, { inactiveSince: instant(row.inactiveSince) }));
}

/** Without the right to see it, a standby has a process and nothing else. */
export function isHidden({ state }: StandbyReading): boolean {
  return state === null;
}

/** Who follows this server, what is kept for them, and whom it follows itself. */
export const replicationSection: Section<ReplicationReading> = {
  read: async (run) => {
    const [following] = await run<NonNullable<ReplicationReading['following']>>(followingSql);
    return { standbys: await readStandbys(run), slots: await readSlots(run), following: following ?? null };
  },
  hidden: ({ standbys }) => {
    const hidden = standbys.filter(isHidden).length;
    return hidden === 0
      ? null
      : `${countText(hidden, 'standby', 'standbys')} ${hidden === 1 ? 'hides its' : 'hide their'} position`;
  },
};
