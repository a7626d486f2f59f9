import { defineDatabaseCheck } from '../check.ts';

/** Three million before the wraparound Postgres stops accepting writes. Source: PostgreSQL manual, "Preventing Transaction ID Wraparound Failures". */
const limit = 2 ** 31 - 3_000_000;

interface Ages extends Record<string, unknown> {
  readonly xids: number;
  readonly multixacts: number;
}

const agesSql = `
select age(datfrozenxid)::integer as xids, mxid_age(datminmxid)::integer as multixacts
from pg_database where datname = current_database()`;

/** No database is close to the wraparound of its transaction ids. */
export const wraparound = defineDatabaseCheck({
  code: 'wraparound',
  title: 'Transaction id wraparound',
  about:
    'A database that has used up its transaction ids takes no more writes until it was vacuumed as a whole. A migration that rewrites tables in one long transaction keeps that vacuum from doing its work.',
  look: async (database) => {
    const [ages] = await database.read<Ages>(agesSql);
    if (ages === undefined) throw new Error('the server gave no row');
    return { used: Math.max(ages.xids, ages.multixacts) / limit, ...ages };
  },
  outcomes: [
    {
      status: 'fail',
      when: 'four fifths of the transaction ids are used up',
      holds: ({ used }) => used >= 0.8,
      message: ({ used }, { name }) => `${name}: ${percent(used)} of the transaction ids used`,
      remedy: (_, { asSuperuser }) => asSuperuser('vacuum (freeze, verbose)'),
    },
    {
      status: 'warn',
      when: 'half of the transaction ids are used up',
      holds: ({ used }) => used >= 0.5,
      message: ({ used }, { name }) => `${name}: ${percent(used)} of the transaction ids used`,
      remedy: (_, { asSuperuser }) => asSuperuser('vacuum (freeze, verbose)'),
    },
    {
      status: 'pass',
      when: 'less than half of them are used up',
      holds: () => true,
      message: ({ used }, { name }) => `${name}: ${percent(used)} of the transaction ids used`,
    },
  ],
});

function percent(part: number): string {
  const value = part * 100;
  return value < 1 ? 'less than 1 %' : `${Math.round(value)} %`;
}
