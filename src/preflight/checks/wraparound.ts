import { readAges, thresholds } from '../../database-status/index.ts';
import { defineDatabaseCheck } from '../check.ts';

/** No database is close to the wraparound of its transaction ids. */
export const wraparound = defineDatabaseCheck({
  code: 'wraparound',
  title: 'Transaction id wraparound',
  about:
    'A database that has used up its transaction ids takes no more writes until it was vacuumed as a whole. A migration that rewrites tables in one long transaction keeps that vacuum from doing its work.',
  look: async (database) => await readAges(database.read),
  outcomes: [
    {
      status: 'fail',
      when: 'four fifths of the transaction ids are used up',
      holds: ({ used }) => used >= thresholds.wraparound.critical,
      message: ({ used }, { name }) => `${name}: ${percent(used)} of the transaction ids used`,
      remedy: (_, { asSuperuser }) => asSuperuser('vacuum (freeze, verbose)'),
    },
    {
      status: 'warn',
      when: 'half of the transaction ids are used up',
      holds: ({ used }) => used >= thresholds.wraparound.warn,
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
