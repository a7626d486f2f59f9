import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import semver from 'semver';
import { z } from 'zod';
import { messageOf } from '../base/index.ts';
import { databaseNames, manifestSchema, type DatabaseName, type Manifest } from '../contract/index.ts';
import type { Definitions } from '../migrator/index.ts';
import { releaseError } from './errors.ts';

const migrationSchema = z.strictObject({
  version: z.int().min(1),
  name: z.string(),
  checksum: z.string().regex(/^[0-9a-f]{64}$/),
});
const migrationsSchema = z.array(migrationSchema);

const publishedSchema = z.strictObject({
  manifest: manifestSchema,
  migrations: z.strictObject({ config: migrationsSchema, results: migrationsSchema, jobs: migrationsSchema }),
});

/** What a release that was cut holds for ever: its manifest, and by name and checksum its migrations. */
export type PublishedRelease = z.infer<typeof publishedSchema>;

const folderOf = (root: string): string => join(root, 'releases');

/** The releases that were cut, by `releases/<version>.json` under `root`, oldest first. Throws release_record_invalid. */
export function readPublished(root: string): PublishedRelease[] {
  if (!existsSync(folderOf(root))) return [];
  return readdirSync(folderOf(root))
    .filter((name) => name.endsWith('.json'))
    .map((name) => readRecord(root, name))
    .sort((one, other) => semver.compare(one.manifest.appVersion, other.manifest.appVersion));
}

function readRecord(root: string, name: string): PublishedRelease {
  const path = join(folderOf(root), name);
  try {
    const record = publishedSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
    if (name === `${record.manifest.appVersion}.json`) return record;
    throw new Error(`it is the record of ${record.manifest.appVersion}`);
  } catch (error) {
    throw releaseError('release_record_invalid', {
      message: `${path}, the record of a release, cannot be used: ${messageOf(error).slice(0, 200)}`,
      hint: `Bring it back as it was committed: \`git checkout -- releases/${name}\`.`,
      details: { path },
      cause: error,
    });
  }
}

/** What there is to record of a release. */
export function recordOf(manifest: Manifest, definitions: Definitions): PublishedRelease {
  const of = (database: DatabaseName) =>
    definitions[database].map(({ version, name, checksum }) => ({ version, name, checksum }));
  const [config, results, jobs] = databaseNames;
  return { manifest, migrations: { config: of(config), results: of(results), jobs: of(jobs) } };
}

/** Writes the record of a release and gives its path under `root`. */
export async function writeRecord(root: string, record: PublishedRelease): Promise<string> {
  const path = join('releases', `${record.manifest.appVersion}.json`);
  await mkdir(folderOf(root), { recursive: true });
  await writeFile(
    join(root, path),
    `${JSON.stringify(record, null, 2)}
`,
  );
  return path;
}

/** Whether two records tell of the same release, whatever the order of keys. */
export function isSameRelease(one: PublishedRelease, other: PublishedRelease): boolean {
  return JSON.stringify(publishedSchema.parse(one)) === JSON.stringify(publishedSchema.parse(other));
}
