import { countText, listText, sizeText } from '../../base/index.ts';
import type { SlotReading } from '../../contract/index.ts';
import { readSlots, thresholds } from '../../database-status/index.ts';
import { defineDatabaseCheck } from '../check.ts';

/** This much kept back by a reader tells that it does not keep up. */
const farBehindBytes = thresholds.slot_behind.warn;

/** No slot keeps write-ahead log that nobody fetches. */
export const replicationSlots = defineDatabaseCheck({
  code: 'replication_slots',
  title: 'Replication slots',
  about:
    'A slot keeps all write-ahead log that its reader has not fetched. A migration that rewrites or indexes a large table writes much of it: behind a slot that nobody reads it fills the disk, and a slot that is close to its limit is lost, and its standby with it.',
  look: async (database) => {
    const slots = await readSlots(database.read);
    return {
      slots,
      endangered: slots.filter(({ walStatus }) => walStatus === 'unreserved' || walStatus === 'lost'),
      idle: slots.filter(({ active }) => !active),
      behind: slots.filter(({ active, keptBytes }) => active && (keptBytes ?? 0) >= farBehindBytes),
    };
  },
  outcomes: [
    {
      status: 'fail',
      when: 'a slot is lost, or will be with the next checkpoint',
      holds: ({ endangered }) => endangered.length > 0,
      message: ({ endangered }, { name }) =>
        `${countText(endangered.length, 'replication slot')} on the server of ${name} ${endangered.length === 1 ? 'is' : 'are'} about to be lost: ${listText(endangered.map((slot) => `${slot.name} (${slot.walStatus})`))}`,
      remedy: ({ endangered }, { onServer }) => onServer(drop(endangered)),
    },
    {
      status: 'warn',
      when: 'nobody reads from a slot',
      holds: ({ idle }) => idle.length > 0,
      message: ({ idle }, { name }) =>
        `nobody reads from ${countText(idle.length, 'replication slot')} on the server of ${name}: ${listText(idle.map(({ name: slot, keptBytes }) => `${slot}${keptBytes === null ? '' : `, which keeps ${sizeText(keptBytes)}`}`))}`,
      remedy: ({ idle }, { onServer }) => onServer(drop(idle)),
    },
    {
      status: 'warn',
      when: 'the reader of a slot is 256 MB or more behind',
      holds: ({ behind }) => behind.length > 0,
      message: ({ behind }, { name }) =>
        `${countText(behind.length, 'replication slot')} on the server of ${name} ${behind.length === 1 ? 'is' : 'are'} read too slowly: ${listText(behind.map(({ name: slot, keptBytes }) => `${slot} keeps ${sizeText(keptBytes ?? 0)}`))}`,
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

function drop(slots: readonly SlotReading[]): string {
  return `select ${slots.map(({ name }) => `pg_drop_replication_slot('${name}')`).join(', ')}`;
}
