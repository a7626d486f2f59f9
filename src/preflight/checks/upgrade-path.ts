import semver from 'semver';
import { databaseNames } from '../../contract/index.ts';
import { defineCheck } from '../check.ts';

/** The deployment is at a release from which this one can be reached directly. */
export const upgradePath = defineCheck({
  code: 'upgrade_path',
  title: 'Upgrade path',
  about:
    'Each release says from which releases it may be installed directly (`upgradableFrom`). Where a deployment is, is read from the build that applied its newest migration.',
  look: async ({ databases, manifest }) => {
    const newest = await Promise.all(
      databaseNames.map(async (name) =>
        (await databases[name].greeting()).ledger.rows.findLast((row) => row.finishedAt),
      ),
    );
    const versions = newest.flatMap((row) => (row === undefined ? [] : [row.appVersion]));
    const valid = versions.filter((version) => semver.valid(version) !== null);
    const [from] = semver.rsort(valid);
    return { versions, from, range: manifest.upgradableFrom, to: manifest.appVersion };
  },
  outcomes: [
    {
      status: 'pass',
      when: 'nothing is installed yet',
      holds: ({ versions }) => versions.length === 0,
      message: ({ to }) => `nothing is installed yet; ${to} is a first installation`,
    },
    {
      status: 'skip',
      when: 'no ledger names a release that is a version',
      holds: ({ from }) => from === undefined,
      message: ({ versions }) =>
        `the ledgers name ${[...new Set(versions)].join(', ')}, which is no version to compare`,
    },
    {
      status: 'fail',
      when: 'the deployment was migrated by a newer release than this',
      holds: ({ from = '', to }) => semver.gt(from, to),
      message: ({ from, to }) => `the databases were migrated by ${from}, newer than this release, ${to}`,
      remedy: ({ from }) => `Use the image of ${from}, or restore a bundle from before it.`,
    },
    {
      status: 'pass',
      when: 'the deployment is at this very release',
      holds: ({ from, to }) => from === to,
      message: ({ to }) => `the deployment is at ${to} already`,
    },
    {
      status: 'fail',
      when: 'the deployment is at a release outside `upgradableFrom`',
      holds: ({ from = '', range }) => !semver.satisfies(from, range, { includePrerelease: true }),
      message: ({ from, to, range }) => `the deployment is at ${from}; ${to} can be installed from ${range} only`,
      remedy: ({ range }) => `Install ${semver.minVersion(range)?.version ?? range} first, then this release.`,
    },
    {
      status: 'pass',
      when: 'this release can be installed from the one that is there',
      holds: () => true,
      message: ({ from, to, range }) => `${to} can be installed from ${range}, and ${from} is there`,
    },
  ],
});
