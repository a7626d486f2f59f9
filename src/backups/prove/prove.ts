import { AppError, messageOf, type Clock, type Secret } from '../../base/index.ts';
import { databaseNames, type DatabaseName, type Verification } from '../../contract/index.ts';
import { proveScratch, rehearsalScratch, sweepScratch } from '../../postgres/index.ts';
import { findDifferences, listOf, majorOf, sizeOf } from '../reload/compare.ts';
import { readFreeBytes, requireSpace } from '../reload/free-space.ts';
import { inspectRestored } from '../reload/inspect.ts';
import { blameOf, reloadDatabase, requireIdentity, type ReloadRequest } from '../reload/load.ts';
import { reloadError } from '../reload/errors.ts';
import { makeScratch } from '../reload/scratch.ts';
import { openServer, readServerVersion, type ServerSession } from '../reload/server.ts';
import { proveError } from './errors.ts';

export interface ProveRequest extends ReloadRequest {
  /** The setting `BACKUP_PROVE_DATABASE_URL`; undefined when it is not set. */
  readonly url: Secret | undefined;
  readonly by: string;
  readonly clock: Clock;
  /** What is being done, in a few words. */
  readonly onPhase: (phase: string) => void;
  /** Free bytes on the disk of the server, or null where nobody can tell; default asks. */
  readonly freeBytes?: typeof readFreeBytes;
}

/**
 * Restores a bundle into scratch databases and compares what is in them with what the bundle says. Rejects only when it is
 * cancelled: whatever else happens is an outcome, and the scratch databases are dropped in every case.
 */
export async function proveBundle(request: ProveRequest): Promise<Verification> {
  const { source, by, clock, signal } = request;
  const started = clock.now();
  const found = await prove(request).catch((error: unknown) => {
    signal.throwIfAborted();
    return outcomeOf(error);
  });
  const at = clock.now();
  const durationMs = Math.max(0, at.getTime() - started.getTime());
  return {
    bundleId: source.manifest.id,
    target: source.target,
    at: at.toISOString(),
    method: 'restore',
    by,
    durationMs,
    ...found,
  };
}

type Finding = Pick<Verification, 'result' | 'message'>;

async function prove(request: ProveRequest): Promise<Finding> {
  const { source, clock, signal, onPhase, freeBytes = readFreeBytes } = request;
  requireIdentity(request);
  const url = requireServer(request.url);
  await using server = await openServer('scratch', url);
  await sweepScratch(server.query, proveScratch);
  await requireFit(request, server, await freeBytes(server));
  signal.throwIfAborted();
  onPhase('making scratch databases');
  const homes = databaseNames.map((name) => ({ name, url, server }));
  await using scratch = await makeScratch({ kind: proveScratch, homes, purpose: 'proves a backup', clock });
  const urls = Object.fromEntries(databaseNames.map((name) => [name, scratch.urlOf(name)])) as Record<
    DatabaseName,
    Secret
  >;
  for (const database of source.manifest.databases) {
    onPhase(`restoring ${database.name}`);
    await reloadDatabase(request, database, urls[database.name]);
  }
  onPhase('comparing');
  const differences = findDifferences(source.manifest, await inspectRestored(urls, signal));
  onPhase('dropping scratch databases');
  return differences.length === 0
    ? { result: 'passed', message: `restored: ${sizeOf(source.manifest)} and the schema are those of the snapshot` }
    : {
        result: 'failed',
        message: `restored, but it is not what the snapshot held: ${listOf(differences)}`.slice(0, 1000),
      };
}

/** Drops what killed runs have left on the server of the setting, as far as they were of its role; gives the names. */
export async function sweepProveServer(setting: Secret | undefined): Promise<readonly string[]> {
  if (setting === undefined) return [];
  await using server = await openServer('scratch', setting);
  const proven = await sweepScratch(server.query, proveScratch);
  return [...proven, ...(await sweepScratch(server.query, rehearsalScratch))];
}

function requireServer(url: Secret | undefined): Secret {
  if (url !== undefined) return url;
  throw proveError('prove_not_configured', {
    message: 'BACKUP_PROVE_DATABASE_URL is not set, so there is no server to restore bundles on',
    hint: 'Set BACKUP_PROVE_DATABASE_URL to the role plimsoll_prove of deploy/roles.sql, on any server new enough.',
  });
}

/** Throws `reload_server_older`, `reload_no_space`. */
async function requireFit({ source }: ProveRequest, server: ServerSession, freeBytes: number | null): Promise<void> {
  const { databases } = source.manifest;
  const major = majorOf(await readServerVersion(server));
  const needed = Math.max(...databases.map(({ serverVersion }) => majorOf(serverVersion)));
  if (major < needed)
    throw reloadError('reload_server_older', {
      message: `the bundle is of PostgreSQL ${needed}, and ${server.label} is PostgreSQL ${major}`,
      hint: `Prove it on a server of PostgreSQL ${needed} or newer: set BACKUP_PROVE_DATABASE_URL.`,
      details: { found: major, expected: needed },
    });
  requireSpace(databases, freeBytes, server.label);
}

function outcomeOf(error: unknown): Finding {
  const message = messageOf(error).slice(0, 1000);
  return blameOf(error) === 'bundle' ? { result: 'failed', message } : { result: 'could_not_check', message };
}

/** What stands in the way of proving bundles with this setting; null when nothing does. */
export async function readProveHindrance(
  setting: Secret | undefined,
): Promise<Pick<AppError, 'code' | 'message' | 'hint'> | null> {
  try {
    await using server = await openServer('scratch', requireServer(setting));
    const [row] = await server.query<{ may: boolean }>(
      'select rolcreatedb or rolsuper as may from pg_catalog.pg_roles where rolname = current_user',
    );
    return row?.may === true ? null : mayNot(server.role);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

function mayNot(role: string): AppError {
  return reloadError('reload_rights_missing', {
    message: `the role ${role} of BACKUP_PROVE_DATABASE_URL may not make databases`,
    hint: `As superuser run in psql: alter role "${role}" createdb;`,
  });
}
