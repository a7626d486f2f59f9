import { defineDatabaseCheck } from '../check.ts';

/** Nothing in the ledger stands in the migrator's way. */
export const ledgerClean = defineDatabaseCheck({
  code: 'ledger_clean',
  title: 'Migration ledger',
  about:
    'The ledger of each database says which migrations were applied. The migrator refuses a database with an interrupted migration (dirty), with one whose file has changed since (changed), with one it has never heard of (unrecognised), and one that is ahead of the release.',
  look: async (database, { manifest }) => ({ ...(await database.assessment()), release: manifest.appVersion }),
  outcomes: [
    {
      status: 'fail',
      when: 'a migration is dirty, changed or unrecognised',
      holds: ({ problems }) => problems.length > 0,
      message: ({ problems }) => problems.map(({ code, message }) => `${code}: ${message}`).join('; '),
      remedy: ({ problems }) => problems[0]?.remedy ?? '',
    },
    {
      status: 'fail',
      when: 'a database is ahead of the release, which cannot run on it',
      holds: ({ status, aheadAllowed }) => status === 'ahead' && aheadAllowed !== true,
      message: ({ current, required, release }, { name }) =>
        `${name} is at version ${current}, ahead of the ${required} of release ${release}, which cannot run on it`,
      remedy: () => 'Run the preflight of the release that migrated it, or a newer one.',
    },
    {
      status: 'warn',
      when: 'a migrator is at work: what is read now will not be true for long',
      holds: ({ migrating }) => migrating,
      message: ({ current, required }, { name }) =>
        `a migrator is at work on ${name}, which is at ${current} of ${required}`,
    },
    {
      status: 'warn',
      when: 'a database is ahead of the release and still lets it run: there is nothing to upgrade there',
      holds: ({ status }) => status === 'ahead',
      message: ({ current, required }, { name }) =>
        `${name} is at version ${current}, ahead of the ${required} of this release, which may still run on it`,
    },
    {
      status: 'pass',
      when: 'every applied migration is one of this release, and finished',
      holds: () => true,
      message: ({ current, required }, { name }) =>
        current === required ? `${name}: at ${current}, as required` : `${name}: at ${current} of ${required}, clean`,
    },
  ],
});
