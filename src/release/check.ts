import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../base/index.ts';
import { databaseNames, type DatabaseName, type Manifest } from '../contract/index.ts';
import { readManifest } from '../manifest/index.ts';
import { readDefinitions, type Definitions } from '../migrator/index.ts';
import type { ReleaseProblem } from './problem.ts';
import { readPublished } from './published.ts';
import { checkSuccession } from './succession.ts';

/** The newest Postgres major that the product is built and tested with. */
const newestPostgresTested = 18;

/**
 * Every disagreement between release.json, migrations/, package.json, Dockerfile and CHANGELOG.md under `root`, and with the releases that
 * were published before; empty if there is none. A manifest, a migration or a record that cannot be read is itself the
 * problem; package.json or Dockerfile that cannot be read throws.
 */
export async function checkRelease(root: string): Promise<ReleaseProblem[]> {
  const manifest = await attempt(() => readManifest(join(root, 'release.json')));
  const definitions = await attempt(() => readDefinitions(join(root, 'migrations')));
  const published = await attempt(async () => readPublished(root));
  const problems = [manifest, definitions, published].flatMap((read) => ('problem' in read ? [read.problem] : []));
  problems.push(...checkWholeSchemas(root));
  if ('value' in manifest) problems.push(...(await checkManifest(root, manifest.value)));
  if ('value' in manifest && 'value' in definitions) problems.push(...checkVersions(manifest.value, definitions.value));
  if ('value' in manifest && 'value' in definitions && 'value' in published)
    problems.push(...checkSuccession(manifest.value, definitions.value, published.value));
  return problems;
}

async function attempt<T>(read: () => Promise<T>): Promise<{ value: T } | { problem: ReleaseProblem }> {
  try {
    return { value: await read() };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { problem: { code: error.code, message: error.message, remedy: error.hint } };
  }
}

function checkVersions(manifest: Manifest, definitions: Definitions): ReleaseProblem[] {
  return databaseNames.flatMap((name) => {
    const required = manifest.databases[name].schemaVersion;
    const newest = definitions[name].length;
    if (required === newest) return [];
    return {
      code: 'release_schema_version',
      message: `release.json requires ${name} at ${required}, the newest migration in migrations/${name} is ${newest}`,
      remedy: `Set databases.${name}.schemaVersion in release.json to ${newest}.`,
    };
  });
}

function checkWholeSchemas(root: string): ReleaseProblem[] {
  return databaseNames
    .filter((name: DatabaseName) => !existsSync(join(root, 'migrations', name, 'schema.sql')))
    .map((name) => ({
      code: 'release_schema_sql_missing',
      message: `migrations/${name}/schema.sql does not exist`,
      remedy: `Write the whole schema of ${name} there; a test holds it against the migrations.`,
    }));
}

async function checkManifest(root: string, manifest: Manifest): Promise<ReleaseProblem[]> {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const imageVersion = /^ARG VERSION=(\S+)$/m.exec(readFileSync(join(root, 'Dockerfile'), 'utf8'))?.[1];
  const checks = [
    manifest.appVersion !== version && {
      code: 'release_package_version',
      message: `release.json has appVersion ${manifest.appVersion}, package.json version ${version}`,
      remedy: `Set both to the same: \`npm pkg set version=${manifest.appVersion}\`, or appVersion in release.json to ${version}.`,
    },
    imageVersion !== manifest.appVersion && {
      code: 'release_image_version',
      message: `release.json has appVersion ${manifest.appVersion}, Dockerfile labels its image ${imageVersion ?? 'with no version'}`,
      remedy: `Write \`ARG VERSION=${manifest.appVersion}\` in Dockerfile.`,
    },
    !hasChangelogEntry(root, manifest.appVersion) && {
      code: 'release_changelog',
      message: `CHANGELOG.md has neither a heading for ${manifest.appVersion} nor [Unreleased]`,
      remedy: `Add \`## [${manifest.appVersion}]\` and say what changes for the operator.`,
    },
    manifest.postgres.max > newestPostgresTested && {
      code: 'release_postgres_window',
      message: `release.json accepts Postgres up to ${manifest.postgres.max}, the newest that is tested is ${newestPostgresTested}`,
      remedy: `Set postgres.max in release.json to ${newestPostgresTested}, or test with the newer one first.`,
    },
  ];
  return checks.filter((check) => check !== false);
}

function hasChangelogEntry(root: string, version: string): boolean {
  const path = join(root, 'CHANGELOG.md');
  if (!existsSync(path)) return false;
  const headings = readFileSync(path, 'utf8').matchAll(/^##\s+\[?([^\]\s]+)\]?/gm);
  return [...headings].some(([, heading]) => heading === version || heading?.toLowerCase() === 'unreleased');
}
