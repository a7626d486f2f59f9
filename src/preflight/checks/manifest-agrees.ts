import { AppError, countText } from '../../base/index.ts';
import { databaseNames } from '../../contract/index.ts';
import { defineCheck } from '../check.ts';

/** The manifest and the migration files of the image agree. */
export const manifestAgrees = defineCheck({
  code: 'manifest_agrees',
  title: 'Manifest and migrations agree',
  about:
    'The image brings a compatibility manifest and migration files. If they do not belong together, or a file cannot be read, nothing else that is said of the release can be trusted.',
  look: async ({ definitions, manifest, worded }) => {
    try {
      const files = await definitions();
      const surplus = databaseNames.filter((name) => files[name].length > manifest.databases[name].schemaVersion);
      return { error: undefined, surplus, files, manifest, worded };
    } catch (error) {
      if (error instanceof AppError) return { error, surplus: [], files: undefined, manifest, worded };
      throw error;
    }
  },
  outcomes: [
    {
      status: 'fail',
      when: 'a migration file is missing, unreadable or malformed, or the manifest requires more than there are',
      holds: ({ error }) => error !== undefined,
      message: ({ error }) => `${error?.message} [${error?.code}]`,
      remedy: ({ error, worded }) => worded(error?.hint ?? ''),
    },
    {
      status: 'warn',
      when: 'there are migrations beyond the version that the manifest requires: they would not be applied',
      holds: ({ surplus }) => surplus.length > 0,
      message: ({ surplus, files, manifest }) =>
        surplus
          .map(
            (name) =>
              `${name} has ${countText(files?.[name].length ?? 0, 'migration')}, the manifest requires ${manifest.databases[name].schemaVersion}`,
          )
          .join('; '),
    },
    {
      status: 'pass',
      when: 'every file is sound and the newest of each database is the one that is required',
      holds: () => true,
      message: ({ manifest: { appVersion, databases } }) =>
        `release ${appVersion} requires ${databaseNames.map((name) => `${name} ${databases[name].schemaVersion}`).join(', ')}, and all its migrations are here`,
    },
  ],
});
