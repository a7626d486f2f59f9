import { commandForDeployment } from '../base/index.ts';
import type { ClosedPart, DatabasePosture, Maintenance } from '../contract/index.ts';

/** Why a database keeps the gate closed: a stable code, one sentence and the command that mends it. */
export type ClosingReason = Pick<ClosedPart, 'code' | 'message' | 'remedy'>;

/**
 * The one rule that decides whether software may work on a database; null means it may.
 *
 * | status  | dirty | otherwise                       |
 * |---------|-------|---------------------------------|
 * | unknown | –     | schema_unknown                  |
 * | behind  | dirty | schema_behind                   |
 * | ahead   | dirty | allowed ? null : schema_ahead   |
 * | ok      | dirty | null                            |
 *
 * The message is shown to callers who are not signed in, so it names no host and no role.
 */
export function closingReason(database: DatabasePosture, migratorCommand: string): ClosingReason | null {
  const { name, required } = database;
  const current = database.current ?? 0;
  if (database.status === 'unknown') return unreadable(database, migratorCommand);
  const dirty = database.problems.find((problem) => problem.code === 'dirty');
  if (dirty !== undefined)
    return {
      code: 'schema_dirty',
      message: `${name} is at schema ${current} of ${required}, with an interrupted migration`,
      remedy: dirty.remedy,
    };
  if (database.status === 'behind')
    return {
      code: 'schema_behind',
      message: `${name} is at schema ${current}, this release needs ${required}${database.migrating ? '; a migrator is at work on it' : ''}`,
      remedy: migratorCommand,
    };
  if (database.status === 'ahead' && database.aheadAllowed !== true)
    return {
      code: 'schema_ahead',
      message: `${name} is at schema ${current}, this release knows ${required} and is too old to run on it; start the release that migrated it`,
      remedy: `${migratorCommand} history`,
    };
  return null;
}

/** Somebody works on the databases: the command tells how far that has come, and goes on or back if it was interrupted. */
export function maintenanceReason({ message }: Maintenance, migratorCommand: string): ClosingReason {
  return {
    code: 'maintenance',
    message,
    remedy: commandForDeployment('plimsoll backup restore --status', migratorCommand),
  };
}

function unreadable(database: DatabasePosture, migratorCommand: string): ClosingReason {
  const code = database.error?.code ?? 'not_read_yet';
  const message =
    code === 'not_read_yet'
      ? `the schema of ${database.name} has not been read yet`
      : `the schema of ${database.name} could not be read (${code}); this release needs ${database.required}`;
  // Whoever may not read the ledger is let in again by the migrator itself; asked with its own role, status would be ok.
  const remedy = code === 'database_permission_denied' ? migratorCommand : `${migratorCommand} status`;
  return { code: 'schema_unknown', message, remedy };
}
