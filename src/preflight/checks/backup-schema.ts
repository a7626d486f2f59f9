import { databaseNames, type DatabaseName, type LatestBundle } from '../../contract/index.ts';
import { defineCheck } from '../check.ts';
import { noBundle, takeBundle } from './backup-exists.ts';

interface Difference {
  readonly name: DatabaseName;
  readonly inBundle: number | undefined;
  readonly now: number;
}

interface Facts extends Pick<LatestBundle, 'bundle'> {
  readonly differences: readonly Difference[];
}

/** The last backup holds the schemas that are there now. */
export const backupSchema = defineCheck<Facts>({
  code: 'backup_schema',
  title: 'Last backup has the schemas of now',
  about:
    'The way back from an upgrade is the bundle taken before it, run by the release of before it. A bundle taken at older schema versions leads further back than that.',
  look: async ({ lastBackup, databases }) => {
    const { bundle } = await lastBackup();
    if (bundle === null) return { bundle, differences: [] };
    const versions = await Promise.all(
      databaseNames.map(async (name) => ({
        name,
        inBundle: bundle.schemaVersions[name],
        now: (await databases[name].assessment()).current,
      })),
    );
    return { bundle, differences: versions.filter(({ inBundle, now }) => inBundle !== now) };
  },
  outcomes: [
    noBundle,
    {
      status: 'fail',
      when: 'a database is at another schema version now than in the last bundle',
      holds: ({ differences }) => differences.length > 0,
      message: ({ differences }) =>
        `the last bundle does not lead back to what is there now: ${differences.map(({ name, inBundle, now }) => `${name} is at ${now}, in the bundle ${inBundle ?? 'missing'}`).join(', ')}`,
      remedy: takeBundle,
    },
    {
      status: 'pass',
      when: 'every database is at the version that it has in the last bundle',
      holds: () => true,
      message: ({ bundle }) => {
        const { schemaVersions = {} } = bundle ?? {};
        return `the last bundle was taken at the versions of now: ${databaseNames.map((name) => `${name} ${schemaVersions[name]}`).join(', ')}`;
      },
    },
  ],
});
