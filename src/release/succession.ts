import semver from 'semver';
import { databaseNames, type DatabaseName, type Manifest } from '../contract/index.ts';
import type { Definitions, MigrationDefinition } from '../migrator/index.ts';
import type { ReleaseProblem } from './problem.ts';
import { isSameRelease, recordOf, type PublishedRelease } from './published.ts';

/**
 * What keeps a release from following those that were published; pure. `published` is sorted, oldest first.
 *
 * | rule                | why                                                                                     |
 * |---------------------|-----------------------------------------------------------------------------------------|
 * | published, unlike   | two builds of one version cannot be told apart                                          |
 * | migration changed   | its checksum is in the ledger of every deployment                                       |
 * | no way here         | deployments at the release before could not be upgraded at all                          |
 * | contract too early  | managers of a release that may be upgraded from would stop while they are being replaced |
 * | schema went back    | the newer release would find every database `ahead`                                     |
 * | window widened down | scanners that were told to upgrade would come back with what the code no longer knows    |
 * | window lowered      | scanners that were upgraded already would drop out                                      |
 * | windows apart       | no scanner would be served before and after                                             |
 */
export function checkSuccession(
  manifest: Manifest,
  definitions: Definitions,
  published: readonly PublishedRelease[],
): ReleaseProblem[] {
  const own = published.find((release) => release.manifest.appVersion === manifest.appVersion);
  const problems = published.flatMap((release) => checkMigrationsKept(definitions, release));
  if (own !== undefined) {
    const same = isSameRelease(own, recordOf(manifest, definitions));
    if (!same && problems.length === 0) problems.push(publishedUnlike(manifest));
  }
  const earlier = published.filter((release) => semver.lt(release.manifest.appVersion, manifest.appVersion));
  const previous = earlier.at(-1)?.manifest;
  if (previous === undefined) return problems;
  const supported = earlier.filter(({ manifest: { appVersion } }) => mayComeFrom(manifest, appVersion));
  return [
    ...problems,
    ...checkWayHere(manifest, previous),
    ...supported.flatMap((release) => checkContracts(definitions, release.manifest)),
    ...checkSchemas(manifest, previous),
    ...checkWindow(manifest, previous),
  ];
}

function mayComeFrom({ upgradableFrom }: Manifest, version: string): boolean {
  return semver.satisfies(version, upgradableFrom, { includePrerelease: true });
}

function publishedUnlike({ appVersion }: Manifest): ReleaseProblem {
  return {
    code: 'release_published',
    message: `releases/${appVersion}.json says that ${appVersion} was cut with another manifest or with fewer migrations`,
    remedy: 'Raise appVersion in release.json and version in package.json.',
  };
}

function checkMigrationsKept(definitions: Definitions, { manifest, migrations }: PublishedRelease): ReleaseProblem[] {
  return databaseNames.flatMap((database) =>
    migrations[database].flatMap(({ version, name, checksum }) => {
      const now = definitions[database].find((definition) => definition.version === version);
      if (now?.name === name && now.checksum === checksum) return [];
      const file = `migrations/${database}/${String(version).padStart(4, '0')}_${name}.sql`;
      return {
        code: 'release_migration_changed',
        message: `${file} was published with ${manifest.appVersion} and ${now?.name === name ? 'has changed since' : 'is not there any more'}`,
        remedy: `Bring it back as it was published, and put the change into a new migration.`,
      };
    }),
  );
}

function checkWayHere(manifest: Manifest, previous: Manifest): ReleaseProblem[] {
  if (mayComeFrom(manifest, previous.appVersion)) return [];
  return [
    {
      code: 'release_unreachable',
      message: `upgradableFrom is ${manifest.upgradableFrom}, which leaves out ${previous.appVersion}, the release before`,
      remedy: `Let upgradableFrom in release.json admit ${previous.appVersion}.`,
    },
  ];
}

function checkContracts(definitions: Definitions, supported: Manifest): ReleaseProblem[] {
  const tooEarly = (database: DatabaseName, migration: MigrationDefinition): boolean =>
    migration.version > supported.databases[database].schemaVersion &&
    migration.oldestCompatible > supported.databases[database].schemaVersion;
  return databaseNames.flatMap((database) =>
    declaredFurthest(definitions[database].filter((migration) => tooEarly(database, migration))).map((migration) => ({
      code: 'release_contract_too_early',
      message: `${database}/${String(migration.version).padStart(4, '0')}_${migration.name} declares oldest-compatible=${migration.oldestCompatible}, and ${supported.appVersion}, which may be upgraded from, runs on ${supported.databases[database].schemaVersion}: its managers would stop before they are replaced`,
      remedy: `Leave ${supported.appVersion} out of upgradableFrom, or bring this migration in a later release.`,
    })),
  );
}

/** One is enough to say it: the migration that asks for most. */
function declaredFurthest(migrations: readonly MigrationDefinition[]): MigrationDefinition[] {
  const furthest = Math.max(...migrations.map(({ oldestCompatible }) => oldestCompatible));
  return migrations.filter(({ oldestCompatible }) => oldestCompatible === furthest).slice(0, 1);
}

function checkSchemas(manifest: Manifest, previous: Manifest): ReleaseProblem[] {
  return databaseNames
    .filter((name) => manifest.databases[name].schemaVersion < previous.databases[name].schemaVersion)
    .map((name) => ({
      code: 'release_schema_went_back',
      message: `release.json requires ${name} at ${manifest.databases[name].schemaVersion}, ${previous.appVersion} required ${previous.databases[name].schemaVersion} already`,
      remedy: `Set databases.${name}.schemaVersion in release.json to ${previous.databases[name].schemaVersion} or above.`,
    }));
}

function checkWindow({ scannerProtocol: now }: Manifest, previous: Manifest): ReleaseProblem[] {
  const before = previous.scannerProtocol;
  const spoken = `${previous.appVersion} spoke ${before.min} to ${before.max}`;
  const checks = [
    now.min < before.min && {
      code: 'release_window_widened_down',
      message: `scannerProtocol begins at ${now.min}, ${spoken}: an old version that was given up does not come back`,
      remedy: `Set scannerProtocol.min in release.json to ${before.min} or above.`,
    },
    now.max < before.max && {
      code: 'release_window_lowered',
      message: `scannerProtocol ends at ${now.max}, ${spoken}: scanners that speak ${before.max} would get no jobs any more`,
      remedy: `Set scannerProtocol.max in release.json to ${before.max} or above.`,
    },
    now.min > before.max && {
      code: 'release_windows_apart',
      message: `scannerProtocol begins at ${now.min}, ${spoken}: no scanner would be served by both`,
      remedy: `Set scannerProtocol.min in release.json to ${before.max} or below, and give the old version up in a later release.`,
    },
  ];
  return checks.filter((check) => check !== false);
}
