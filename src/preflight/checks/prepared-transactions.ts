import { countText, listText, spanText } from '../../base/index.ts';
import { readPrepared } from '../../database-status/index.ts';
import { defineDatabaseCheck } from '../check.ts';

/** No transaction was prepared and forgotten. */
export const preparedTransactions = defineDatabaseCheck({
  code: 'prepared_transactions',
  title: 'Prepared transactions',
  about:
    'A transaction prepared for a two-phase commit keeps its locks without any session, also through a restart of the server. This product prepares none, so one that is there was forgotten by something else.',
  look: async (database) => ({ prepared: await readPrepared(database.read) }),
  outcomes: [
    {
      status: 'fail',
      when: 'a prepared transaction waits for its end',
      holds: ({ prepared }) => prepared.length > 0,
      message: ({ prepared }, { name }) =>
        `${countText(prepared.length, 'prepared transaction')} in ${name} ${prepared.length === 1 ? 'keeps its' : 'keep their'} locks: ${listText(prepared.map(({ gid, owner, seconds }) => `${gid} of ${owner}, ${spanText(seconds)} old`))}`,
      remedy: ({ prepared }, { asSuperuser }) =>
        prepared.map(({ gid }) => asSuperuser(`rollback prepared '${gid.replaceAll("'", "''")}'`)).join('\n'),
    },
    {
      status: 'pass',
      when: 'there is none',
      holds: () => true,
      message: (_, { name }) => `no prepared transaction in ${name}`,
    },
  ],
});
