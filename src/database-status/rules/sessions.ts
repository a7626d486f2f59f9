import { spanText } from '../../base/index.ts';
import type { OpenTransaction } from '../../contract/index.ts';
import { breachOf, terminateSql, whoText, type Rule } from './rule.ts';

const isIdle = ({ state }: OpenTransaction): boolean => state?.startsWith('idle in transaction') === true;

const idleInTransaction: Rule = ({ name, sections: { sessions }, commands }) =>
  (sessions.value?.open ?? [])
    .filter((each) => each.kind === 'client' && isIdle(each))
    .flatMap(({ pid, application, stateSeconds }) =>
      breachOf('idle_in_transaction', stateSeconds ?? 0, () => ({
        message: `${whoText(pid, application)} has left a transaction in ${name} idle for ${spanText(stateSeconds ?? 0)}`,
        remedy: commands.inDatabase(terminateSql([pid])),
      })),
    );

/** One that is idle right now is told as such; if it was not for long, its transaction may be old all the same. */
const longTransaction: Rule = ({ name, sections: { sessions }, commands }) =>
  (sessions.value?.open ?? [])
    .filter(({ kind }) => kind === 'client')
    .flatMap(({ pid, application, transactionSeconds }) =>
      breachOf('long_transaction', transactionSeconds ?? 0, () => ({
        message: `${whoText(pid, application)} has had a transaction in ${name} open for ${spanText(transactionSeconds ?? 0)}`,
        remedy: commands.inDatabase(`select pg_cancel_backend(${pid})`),
      })),
    );

const preparedTransaction: Rule = ({ name, sections: { sessions }, commands }) =>
  (sessions.value?.prepared ?? []).flatMap(({ gid, owner, seconds }) =>
    breachOf('prepared_transaction', seconds, () => ({
      message: `the prepared transaction ${gid} of ${owner} keeps its locks in ${name}, since ${spanText(seconds)}`,
      remedy: commands.inDatabase(`rollback prepared '${gid.replaceAll("'", "''")}'`),
    })),
  );

/** One breach for each head of a queue, for the longest that waits behind it: ending the head moves them all. */
const lockWait: Rule = ({ name, sections: { locks }, commands }) => {
  if (locks.value === null) return [];
  const { waiting, heads } = locks.value;
  const behind = (head: number): typeof waiting => {
    const found = new Set([head]);
    for (let size = 0; size !== found.size;) {
      size = found.size;
      for (const each of waiting) if (each.blockedBy.some((pid) => found.has(pid))) found.add(each.pid);
    }
    return waiting.filter(({ pid }) => found.has(pid));
  };
  const ends = heads.map(({ pid, application }) => ({ pid, who: whoText(pid, application) }));
  const hasPrepared = waiting.some(({ blockedBy }) => blockedBy.includes(0));
  return [...ends, ...(hasPrepared ? [{ pid: 0, who: whoText(0) }] : [])].flatMap(({ pid, who }) => {
    const queue = behind(pid);
    const longest = queue.toSorted((left, right) => (right.seconds ?? 0) - (left.seconds ?? 0))[0];
    if (longest === undefined) return [];
    return breachOf('lock_wait', longest.seconds ?? 0, () => ({
      message: `${who} blocks ${queue.length === 1 ? '' : `${queue.length} sessions in ${name}, the longest waiting `}${whoText(longest.pid, longest.application)}${longest.table === null ? '' : ` on ${longest.table}`}, which has waited for ${spanText(longest.seconds ?? 0)}`,
      remedy: commands.inDatabase(
        pid === 0 ? 'select gid, prepared, owner from pg_prepared_xacts' : terminateSql([pid]),
      ),
    }));
  });
};

const migrationRunning: Rule = ({ name, sections: { work }, commands }) => {
  const [first] = work.value?.migration ?? [];
  if (first === undefined) return [];
  const seconds = Math.max(0, ...(work.value?.migration ?? []).map(({ statementSeconds }) => statementSeconds ?? 0));
  return breachOf('migration_running', seconds, () => ({
    message: `a migration of ${name} is under way, its statement for ${spanText(seconds)}`,
    remedy: commands.inDatabase(
      `select pid, state, wait_event_type, pg_blocking_pids(pid), query from pg_stat_activity where pid = ${first.pid}`,
    ),
  }));
};

const dumpRunning: Rule = ({ name, sections: { work } }) =>
  (work.value?.dumps ?? []).flatMap(({ application, seconds }) =>
    breachOf('dump_running', seconds ?? 0, () => ({
      message: `a dump of ${name} (${application}) has kept its snapshot for ${spanText(seconds ?? 0)}: dead rows stay${name === 'jobs' ? ', and leasing may become slower' : ''} until it ends`,
      remedy: 'Let it end, or give it up on Admin > Backups.',
    })),
  );

/** What concerns who is at work, and who waits. */
export const sessionRules: readonly Rule[] = [
  lockWait,
  idleInTransaction,
  longTransaction,
  preparedTransaction,
  migrationRunning,
  dumpRunning,
];
