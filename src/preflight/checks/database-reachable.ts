import { AppError } from '../../base/index.ts';
import { defineDatabaseCheck } from '../check.ts';

/** Each database lets the migrator in and answers. */
export const databaseReachable = defineDatabaseCheck({
  code: 'database_reachable',
  title: 'Databases answer',
  about:
    'The migrator signs in to each database with its own, stronger role. What cannot be reached cannot be migrated.',
  look: async (database, { worded }) => {
    try {
      return { greeting: await database.greeting(), error: undefined, worded };
    } catch (error) {
      if (error instanceof AppError) return { greeting: undefined, error, worded };
      throw error;
    }
  },
  outcomes: [
    {
      status: 'fail',
      when: 'a database refuses the connection, the role or the password, or does not answer',
      holds: ({ error }) => error !== undefined,
      message: ({ error }) => `${error?.message} [${error?.code}]`,
      remedy: ({ error, worded }) => worded(error?.hint ?? ''),
    },
    {
      status: 'pass',
      when: 'the migrator got in and was answered',
      holds: () => true,
      message: ({ greeting }, { name }) =>
        `Postgres ${greeting?.serverVersion} answers for ${name}${greeting?.server === undefined ? '' : ` at ${greeting.server}`}`,
    },
  ],
});
