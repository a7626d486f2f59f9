import { countText, listText, spanText } from '../../base/index.ts';
import type { MigrationCost } from '../../contract/index.ts';
import { defineCheck } from '../check.ts';
import { migrationText } from '../wording.ts';

/** What the pending migrations would do to what is there. */
export const pendingMigrations = defineCheck({
  code: 'pending_migrations',
  title: 'Pending migrations',
  about:
    "Each pending migration is read with the parser of Postgres itself and joined with what is there: which tables it locks and how strongly, whether it reads or rewrites them, how large they are and how often they are written. Times come from a rehearsal, else from what earlier migrations took here, else they are not known. One that loses data, or keeps a large or busy table from being used for seconds, has to be read by a person: the run prints a hash of exactly these migrations' contents, and passes once it is given back with `--acknowledge`.",
  look: async (context) => {
    const [impacts, acknowledgement] = await Promise.all([context.impacts(), context.acknowledgement()]);
    return {
      impacts,
      hash: acknowledgement?.hash,
      isAcknowledged: acknowledgement?.given === true,
      dangers: impacts.flatMap((impact) =>
        impact.dangers.map((danger) => `${impact.database}/${migrationText(impact)}: ${danger}`),
      ),
      unforeseen: impacts.filter(({ unforeseen }) => unforeseen.length > 0),
    };
  },
  outcomes: [
    {
      status: 'pass',
      when: 'nothing is pending',
      holds: ({ impacts }) => impacts.length === 0,
      message: () => 'no migration is pending',
    },
    {
      status: 'fail',
      when: 'a migration loses data, or keeps a large or busy table from being used, and nobody has acknowledged it',
      holds: ({ dangers, isAcknowledged }) => dangers.length > 0 && !isAcknowledged,
      message: ({ dangers }) => `${countText(dangers.length, 'danger')} to be read first: ${dangers.join('; ')}`,
      remedy: ({ hash }, { migratorCommand }) => `${migratorCommand} preflight --acknowledge ${hash}`,
    },
    {
      status: 'warn',
      when: 'what a migration does cannot be foreseen, and there is something that it could do it to',
      holds: ({ unforeseen }) => unforeseen.length > 0,
      message: ({ unforeseen }) =>
        `what ${countText(unforeseen.length, 'migration')} ${unforeseen.length === 1 ? 'does' : 'do'} cannot be foreseen: ${listText(unforeseen.map((impact) => `${impact.database}/${migrationText(impact)} (${impact.unforeseen.join(', ')})`))}`,
      remedy: () => 'Read these files before they are applied.',
    },
    {
      status: 'warn',
      when: 'dangerous migrations were acknowledged with their hash',
      holds: ({ dangers }) => dangers.length > 0,
      message: ({ dangers, hash }) =>
        `${countText(dangers.length, 'danger')} acknowledged with ${hash}: ${dangers.join('; ')}`,
    },
    {
      status: 'pass',
      when: 'none of them needs more than a moment on anything large, and none loses data',
      holds: () => true,
      message: ({ impacts }) =>
        `${countText(impacts.length, 'migration')} pending (${listText(
          impacts.map((impact) => `${impact.database}/${migrationText(impact)}`),
          6,
        )}), ${timeOf(impacts)}; none loses data or keeps a large table from being used`,
    },
  ],
});

function timeOf(impacts: readonly MigrationCost[]): string {
  const unknown = impacts.filter(({ seconds }) => seconds === null).length;
  if (unknown === impacts.length) return 'how long they take is not known';
  const known = impacts.reduce((sum, { seconds }) => sum + (seconds ?? 0), 0);
  const time = `${known < 1 ? 'less than a second' : `about ${spanText(known)}`} of work`;
  return unknown === 0 ? time : `${time} and ${countText(unknown, 'migration')} for which that is not known`;
}
