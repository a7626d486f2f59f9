import type { FastifyRequest } from 'fastify';
import { AppError, backupServiceRemedy } from '../../base/index.ts';
import type { BackupClient } from '../../backups/client/index.ts';
import type { PostureSource } from '../../posture/index.ts';
import type { Deeds } from '../session/deeds.ts';

/** What the routes of Admin > Backups stand on. */
export interface BackupRouteDeps extends Deeds {
  readonly backups: BackupClient;
  readonly posture: PostureSource;
}

/** What any call of the backup service may come to. */
export const unheard = [
  'backup_not_configured',
  'backup_unreachable',
  'backup_timeout',
  'backup_unauthorized',
  'backup_bad_answer',
] as const;

/** Asks the backup service; a failure tells what starts the service in this deployment, and which bundle was last known. */
export async function ask<T>(
  { backups, posture }: Pick<BackupRouteDeps, 'backups' | 'posture'>,
  question: (client: BackupClient) => Promise<T>,
): Promise<T> {
  try {
    return await question(backups);
  } catch (error) {
    throw error instanceof AppError && error.code.startsWith('backup_') ? withLastKnown(error, posture) : error;
  }
}

const silent: ReadonlySet<string> = new Set(['backup_unreachable', 'backup_timeout', 'backup_bad_answer']);

function withLastKnown(error: AppError, posture: PostureSource): AppError {
  if (!silent.has(error.code)) return error;
  const { lastBackup, app } = posture.current().posture;
  const { bundle, readAt } = lastBackup;
  const lastKnown = bundle !== null && readAt !== null ? { bundle, readAt } : lastBackup.lastKnown;
  const hint = error.code === 'backup_unreachable' ? backupServiceRemedy(app.migratorCommand) : error.hint;
  return new AppError(
    error.code,
    { httpStatus: error.httpStatus, exitCode: error.exitCode, about: '' },
    { message: error.message, hint, details: { ...error.details, lastKnown }, cause: error.cause },
  );
}

/** As the backup service's own records name whoever asked. */
export function whoOf({ identity }: Pick<FastifyRequest, 'identity'>): string {
  return identity?.username ?? 'unknown';
}
