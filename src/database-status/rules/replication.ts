import { sizeText } from '../../base/index.ts';
import type { SlotReading } from '../../contract/index.ts';
import { breachOf, type Rule } from './rule.ts';

const isLost = ({ walStatus }: SlotReading): boolean => walStatus === 'lost' || walStatus === 'unreserved';

const dropSql = (name: string): string => `select pg_drop_replication_slot('${name.replaceAll("'", "''")}')`;

const standbyBehind: Rule = ({ name, sections: { replication }, commands }) =>
  (replication.value?.standbys ?? []).flatMap((standby) =>
    breachOf('standby_behind', standby.behindBytes ?? 0, () => ({
      message: `the standby ${standby.name} of ${name} is ${sizeText(standby.behindBytes ?? 0)} behind`,
      remedy: commands.onServer(
        'select application_name, state, sent_lsn, write_lsn, flush_lsn, replay_lsn, replay_lag from pg_stat_replication',
      ),
    })),
  );

const following: Rule = ({ name, sections: { replication }, commands }) => {
  const own = replication.value?.following;
  if (own === null || own === undefined) return [];
  return breachOf('standby_behind', own.behindBytes ?? 0, () => ({
    message: `the server of ${name} is a standby, and has ${sizeText(own.behindBytes ?? 0)} of log not replayed`,
    remedy: commands.onServer('select pg_is_wal_replay_paused(), pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()'),
  }));
};

const slots: Rule = ({ name, sections: { replication }, commands }) =>
  (replication.value?.slots ?? []).flatMap((slot) => {
    const kept = slot.keptBytes;
    const remedy = commands.onServer(dropSql(slot.name));
    if (isLost(slot)) {
      const message = `the replication slot ${slot.name} on the server of ${name} is ${slot.walStatus === 'lost' ? 'lost' : 'about to be lost'}`;
      return breachOf('slot_lost', 1, () => ({ message, remedy }));
    }
    // A slot that keeps nothing yet harms nobody, read or not.
    if (kept === null) return [];
    if (slot.active)
      return breachOf('slot_behind', kept, () => ({
        message: `the reader of the slot ${slot.name} on the server of ${name} is ${sizeText(kept)} behind`,
        remedy: commands.onServer(
          'select application_name, state, sent_lsn, flush_lsn, replay_lag from pg_stat_replication',
        ),
      }));
    return breachOf('slot_inactive', kept, () => ({
      message: `nobody reads from the replication slot ${slot.name} on the server of ${name}, which keeps ${sizeText(kept)} of log`,
      remedy,
    }));
  });

/** What concerns those that follow the server. */
export const replicationRules: readonly Rule[] = [slots, standbyBehind, following];
