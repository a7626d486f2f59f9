import { join, resolve } from 'node:path';
import { readSettings } from '../settings/index.ts';
import type { CommandContext } from './command.ts';

/** BACKUP_DIR, or `backups` in DATA_DIR. */
export function backupFolder(context: Pick<CommandContext, 'environment' | 'cwd'>): string {
  const { BACKUP_DIR, DATA_DIR } = readSettings(context.environment, ['BACKUP_DIR', 'DATA_DIR']);
  return resolve(context.cwd, BACKUP_DIR ?? join(DATA_DIR, 'backups'));
}
