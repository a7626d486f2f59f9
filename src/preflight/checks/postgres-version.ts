import { defineDatabaseCheck } from '../check.ts';
import { majorOf } from '../../migrator/index.ts';

/** Each server is of a version that the release accepts. */
export const postgresVersion = defineDatabaseCheck({
  code: 'postgres_version',
  title: 'Postgres version',
  about: 'Each release says which Postgres versions it runs on. The migrator refuses any other.',
  look: async (database, { manifest }) => {
    const { ledger, serverVersion } = await database.greeting();
    return { major: majorOf(ledger), serverVersion, ...manifest.postgres };
  },
  outcomes: [
    {
      status: 'fail',
      when: 'a server is older or newer than the release accepts',
      holds: ({ major, min, max }) => major < min || major > max,
      message: ({ serverVersion, min, max }, { name }) =>
        `Postgres ${serverVersion} for ${name}, this release accepts ${min} to ${max}`,
      remedy: ({ major, min, max }) =>
        major < min
          ? `Upgrade the server to Postgres ${max} first.`
          : `Wait for a release that accepts Postgres ${major}.`,
    },
    {
      status: 'pass',
      when: 'every server is within what the release accepts',
      holds: () => true,
      message: ({ serverVersion, min, max }, { name }) =>
        `Postgres ${serverVersion} for ${name}, accepted are ${min} to ${max}`,
    },
  ],
});
