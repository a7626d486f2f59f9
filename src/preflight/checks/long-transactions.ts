import { countText, listText, spanText } from '../../base/index.ts';
import type { OpenTransaction } from '../../contract/index.ts';
import { readOpenTransactions, thresholds } from '../../database-status/index.ts';
import { defineDatabaseCheck } from '../check.ts';

const defaultWorthSayingSeconds = thresholds.idle_in_transaction.warn;
/** By default a quarter of an hour, longer than the migrator waits for a lock before it gives up, by far. */
const hopelessFactor = 15;

/** A migrator at work is told by the ledger's check, and is otherwise a session of our own. */
const ownNames = new Set(['plimsoll-preflight', 'plimsoll-migrator', 'plimsoll-status']);

/** No transaction has been open for so long that a migration would wait for it in vain. */
export const longTransactions = defineDatabaseCheck({
  code: 'long_transactions',
  title: 'Long transactions',
  about:
    'A transaction that stays open keeps every lock it took. A migration that needs one of these tables waits, and everything that comes after waits behind the migration; a concurrent index build waits for every transaction that is older than itself, whatever it touched.',
  look: async (database, { longTransactionSeconds: worthSaying = defaultWorthSayingSeconds }) => {
    const all = (await readOpenTransactions(database.read)).filter(({ application }) => !ownNames.has(application));
    const seen = all.flatMap(({ pid, application, state, transactionSeconds: seconds }) =>
      seconds === null || seconds < worthSaying ? [] : [{ pid, application, state, seconds }],
    );
    return {
      seen,
      worthSaying,
      hidden: all.filter(({ transactionSeconds }) => transactionSeconds === null),
      isHopeless: seen.some(({ seconds }) => seconds >= worthSaying * hopelessFactor),
    };
  },
  outcomes: [
    {
      status: 'fail',
      when: 'a transaction has been open for a quarter of an hour or more',
      holds: ({ isHopeless }) => isHopeless,
      message: ({ seen }, { name }) => sentence(name, seen),
      remedy: ({ seen }, { asSuperuser }) => asSuperuser(terminate(seen)),
    },
    {
      status: 'warn',
      when: 'a transaction has been open for a minute or more',
      holds: ({ seen }) => seen.length > 0,
      message: ({ seen }, { name }) => sentence(name, seen),
      remedy: ({ seen }, { asSuperuser }) => asSuperuser(terminate(seen)),
    },
    {
      status: 'skip',
      when: "there are open transactions whose age the migrator's role may not see",
      holds: ({ hidden }) => hidden.length > 0,
      message: ({ hidden }, { name }) =>
        `${countText(hidden.length, 'open transaction')} in ${name} ${hidden.length === 1 ? 'hides its age' : 'hide their age'} from the migrator's role (${listText(hidden.map(({ pid }) => `pid ${pid}`))})`,
      remedy: (_, { role, asSuperuser }) => asSuperuser(`grant pg_monitor to "${role}"`),
    },
    {
      status: 'pass',
      when: 'no transaction has been open for a minute',
      holds: () => true,
      message: ({ worthSaying }, { name }) => `no transaction in ${name} has been open for ${spanText(worthSaying)}`,
    },
  ],
});

type Seen = readonly (Pick<OpenTransaction, 'pid' | 'application' | 'state'> & { readonly seconds: number })[];

function sentence(name: string, seen: Seen): string {
  const each = seen.map(
    ({ pid, application, state, seconds }) =>
      `pid ${pid} (${application}, ${state ?? 'state not shown'}) for ${spanText(seconds)}`,
  );
  return `${countText(seen.length, 'transaction')} in ${name} ${seen.length === 1 ? 'is' : 'are'} open: ${listText(each)}`;
}

function terminate(seen: Seen): string {
  return `select ${seen.map(({ pid }) => `pg_terminate_backend(${pid})`).join(', ')}`;
}
