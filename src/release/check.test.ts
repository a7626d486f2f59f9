import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { defaultManifestPath, packageRoot, readManifest } from '../manifest/index.ts';
import { checkRelease } from './check.ts';

const newest = (await readManifest(defaultManifestPath())).databases.jobs.schemaVersion;

/** A copy of what the check reads, to be spoiled. */
function setup() {
  const root = mkdtempSync(join(tmpdir(), 'plimsoll-release-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const part of ['release.json', 'migrations', 'package.json', 'Dockerfile', 'CHANGELOG.md'])
    cpSync(join(packageRoot(), part), join(root, part), { recursive: true });
  const edit = (path: string, change: (text: string) => string): void => {
    writeFileSync(join(root, path), change(readFileSync(join(root, path), 'utf8')));
  };
  const codes = async () => (await checkRelease(root)).map(({ code }) => code);
  /** The name of a migration of the jobs database, counted from the newest one. */
  const jobsMigration = (beyond: number, name: string) =>
    join(root, `migrations/jobs/${String(newest + beyond).padStart(4, '0')}_${name}.sql`);
  return { root, edit, codes, jobsMigration };
}

function editManifest(change: object) {
  return (text: string): string => JSON.stringify({ ...(JSON.parse(text) as object), ...change });
}

test('this release agrees with itself', async () => {
  await expect(checkRelease(packageRoot())).resolves.toEqual([]);
});

test('a migration that the manifest does not require is named, with the number to write', async () => {
  const { root, jobsMigration } = setup();
  writeFileSync(jobsMigration(1, 'more'), 'select;');
  await expect(checkRelease(root)).resolves.toMatchObject([
    { code: 'release_schema_version', remedy: `Set databases.jobs.schemaVersion in release.json to ${newest + 1}.` },
  ]);
});

test.each([
  ['release_package_version', { appVersion: '7.7.7' }],
  ['manifest_invalid', { upgradableFrom: 'the last one' }],
  ['release_postgres_window', { postgres: { min: 14, max: 99 } }],
  ['manifest_invalid', { extra: true }],
  ['manifest_version_unsupported', { manifestVersion: 2 }],
])('%s is found when the manifest holds %j', async (code, change) => {
  const { edit, codes } = setup();
  edit('release.json', editManifest(change));
  expect(await codes()).toContain(code);
});

test('an image that would be labelled with another version is found', async () => {
  const { edit, codes } = setup();
  edit('Dockerfile', (text) => text.replace(/^ARG VERSION=.*/m, 'ARG VERSION=0.9.0'));
  expect(await codes()).toEqual(['release_image_version']);
});

test('a changelog without the version and without [Unreleased] is found', async () => {
  const { edit, codes } = setup();
  edit('CHANGELOG.md', () => '# Changelog\n\n## [0.1.0]\n');
  expect(await codes()).toEqual(['release_changelog']);
});

test('a wrong migration and a missing schema.sql are found in one go', async () => {
  const { root, codes, jobsMigration } = setup();
  rmSync(join(root, 'migrations/config/schema.sql'));
  writeFileSync(jobsMigration(2, 'gap'), 'select;');
  expect(await codes()).toEqual(['migration_gap', 'release_schema_sql_missing']);
});
