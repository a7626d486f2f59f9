import { countText, listText, sizeText } from '../../base/index.ts';
import { defineDatabaseCheck } from '../check.ts';

interface Slot extends Record<string, unknown> {
  readonly name: string;
  readonly active: boolean;
  readonly wal_status: string | null;
  readonly retained: number | null;
}

/** This much kept back by a reader tells that it does not keep up. */
const farBehindBytes = 256_000_000;

/** A standby's slot belongs to the whole server, a logical one to one database. */
const slotsSql = `
select slot_name::text as name, active, wal_status,
  case when pg_is_in_recovery() then null
    else pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::double precision end as retained
from pg_replication_slots
where database is null or database = current_database()
order by 4 desc nulls last`;

/** No slot keeps write-ahead log that nobody fetches. */
export const replicationSlots = defineDatabaseCheck({
  code: 'replication_slots',
  title: 'Replication slots',
  about:
    'A slot keeps all write-ahead log that its reader has not fetched. A migration that rewrites or indexes a large table writes much of it: behind a slot that nobody reads it fills the disk, and a slot that is close to its limit is lost, and its standby with it.',
  look: async (database) => {
    const slots = await database.read<Slot>(slotsSql);
    return {
      slots,
      endangered: slots.filter(({ wal_status }) => wal_status === 'unreserved' || wal_status === 'lost'),
      idle: slots.filter(({ active }) => !active),
      behind: slots.filter(({ active, retained }) => active && (retained ?? 0) >= farBehindBytes),
    };
  },
  outcomes: [
    {
      status: 'fail',
      when: 'a slot is lost, or will be with the next checkpoint',
      holds: ({ endangered }) => endangered.length > 0,
      message: ({ endangered }, { name }) =>
        `${countText(endangered.length, 'replication slot')} on the server of ${name} ${endangered.length === 1 ? 'is' : 'are'} about to be lost: ${listText(endangered.map((slot) => `${slot.name} (${slot.wal_status})`))}`,
      remedy: ({ endangered }, { onServer }) => onServer(drop(endangered)),
    },
    {
      status: 'warn',
      when: 'nobody reads from a slot',
      holds: ({ idle }) => idle.length > 0,
      message: ({ idle }, { name }) =>
        `nobody reads from ${countText(idle.length, 'replication slot')} on the server of ${name}: ${listText(idle.map(({ name: slot, retained }) => `${slot}${retained === null ? '' : `, which keeps ${sizeText(retained)}`}`))}`,
      remedy: ({ idle }, { onServer }) => onServer(drop(idle)),
    },
    {
      status: 'warn',
      when: 'the reader of a slot is 256 MB or more behind',
      holds: ({ behind }) => behind.length > 0,
      message: ({ behind }, { name }) =>
        `${countText(behind.length, 'replication slot')} on the server of ${name} ${behind.length === 1 ? 'is' : 'are'} read too slowly: ${listText(behind.map(({ name: slot, retained }) => `${slot} keeps ${sizeText(retained ?? 0)}`))}`,
      remedy: (_, { onServer }) =>
        onServer('select application_name, state, sent_lsn, flush_lsn, replay_lag from pg_stat_replication'),
    },
    {
      status: 'pass',
      when: 'there is none, or each is being read and none is far behind',
      holds: () => true,
      message: ({ slots }, { name }) =>
        slots.length === 0
          ? `no replication slot on the server of ${name}`
          : `${countText(slots.length, 'replication slot')} on the server of ${name}, all being read`,
    },
  ],
});

function drop(slots: readonly Slot[]): string {
  return `select ${slots.map(({ name }) => `pg_drop_replication_slot('${name}')`).join(', ')}`;
}
