import {
  findBundle,
  readDeploymentId,
  requireIdentity,
  type BackupTarget,
  type BundleSource,
  type Unseal,
} from '../backups/index.ts';
import type { Secret } from '../base/index.ts';
import { databaseNames, type DatabaseName, type Manifest } from '../contract/index.ts';
import {
  assessSchema,
  readDefinitions,
  readLedger,
  requireMigrations,
  surveyDatabases,
  type MigrationDefinition,
} from '../migrator/index.ts';
import { connect, disconnect } from '../postgres/index.ts';
import { rehearsalError } from './errors.ts';

export interface SubjectRequest {
  readonly manifest: Manifest;
  readonly migrationsDir: string;
  /** Where the running databases are, with the migrator's role. */
  readonly urls: Readonly<Record<DatabaseName, Secret>>;
  readonly migratorCommand: string;
}

/** What is to be rehearsed. */
export interface RehearsalSubject {
  /** In the order of databases and versions. */
  readonly pending: readonly MigrationDefinition[];
  /** The databases that have any. */
  readonly names: readonly DatabaseName[];
  /** The schema version of each running database. */
  readonly current: Readonly<Record<DatabaseName, number>>;
}

/** Reads what is pending on the running databases. Throws `database_*`, `migration_*`, `rehearsal_schema_refused`. */
export async function readSubject(request: SubjectRequest): Promise<RehearsalSubject> {
  const { manifest, migrationsDir, urls, migratorCommand } = request;
  const definitions = await readDefinitions(migrationsDir);
  requireMigrations(manifest, definitions);
  const surveyed = await surveyDatabases(databaseNames, urls, async ({ client, target }) => {
    return await readLedger(client, target);
  });
  const read = surveyed.map(({ name, value, error }) => {
    if (value === undefined) throw error;
    const required = manifest.databases[name].schemaVersion;
    const assessment = assessSchema({
      database: name,
      required,
      definitions: definitions[name],
      ledger: value,
      migratorCommand,
    });
    const [problem] = assessment.problems;
    if (problem !== undefined)
      throw rehearsalError('rehearsal_schema_refused', {
        message: `${name} is not to be migrated as it is: ${problem.code}: ${problem.message}`,
        hint: problem.remedy,
        details: { database: name, problems: assessment.problems },
      });
    const wanted = new Set(assessment.pending.map(({ version }) => version));
    const pending = definitions[name].filter(({ version }) => wanted.has(version));
    return { name, pending, current: assessment.current };
  });
  return {
    pending: read.flatMap(({ pending }) => pending),
    names: read.filter(({ pending }) => pending.length > 0).map(({ name }) => name),
    current: Object.fromEntries(read.map(({ name, current }) => [name, current])) as Record<DatabaseName, number>,
  };
}

export interface BundleChoice {
  /** An id, `latest`, or the path of a downloaded one. */
  readonly bundle: string;
  readonly targets: readonly BackupTarget[];
  readonly cwd: string;
  /** For an encrypted bundle; undefined when nobody gave an identity. */
  readonly unseal: Unseal | undefined;
}

/**
 * Finds the bundle, and makes sure that what is pending on it is what is pending on the running databases. Throws the
 * `bundle_*` error of what is wrong with it, `rehearsal_bundle_damaged`, `rehearsal_bundle_outdated`.
 */
export async function findOwnBundle(
  { bundle, targets, cwd, unseal }: BundleChoice,
  { names, current }: RehearsalSubject,
  configUrl: Secret,
): Promise<BundleSource> {
  const { source, manifest, state } = await findBundle(bundle, { targets, cwd });
  const takeAnother = 'Take a new one with `plimsoll backup take`, then run `plimsoll migrator rehearse` again.';
  if (state === 'damaged')
    throw rehearsalError('rehearsal_bundle_damaged', {
      message: `bundle ${manifest.id} is known to be damaged`,
      hint: takeAnother,
      details: { bundle: manifest.id },
    });
  const own = await deploymentOf(configUrl);
  if (manifest.deploymentId !== own)
    throw rehearsalError('rehearsal_bundle_foreign', {
      message: `bundle ${manifest.id} is of the deployment ${manifest.deploymentId}, this is ${own}`,
      hint: 'Choose a bundle of this deployment: type `plimsoll backup list`.',
      details: { found: manifest.deploymentId, expected: own },
    });
  const other = manifest.databases.filter(({ name, schemaVersion }) => {
    return names.includes(name) && schemaVersion !== current[name];
  });
  if (other.length > 0)
    throw rehearsalError('rehearsal_bundle_outdated', {
      message: `bundle ${manifest.id} does not hold what is there now: ${other
        .map(({ name, schemaVersion }) => `${name} is at ${current[name]}, in the bundle at ${schemaVersion}`)
        .join(', ')}`,
      hint: takeAnother,
      details: { bundle: manifest.id, databases: other.map(({ name }) => name) },
    });
  requireIdentity({ source, unseal });
  return source;
}

async function deploymentOf(url: Secret): Promise<string> {
  const client = await connect({ name: 'config', url, applicationName: 'plimsoll-rehearsal', connectTimeoutMs: 5000 });
  try {
    return await readDeploymentId(client, url);
  } finally {
    await disconnect(client);
  }
}
