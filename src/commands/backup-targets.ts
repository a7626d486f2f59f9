import { DirectoryTarget, parseRetention, S3Target, type BackupTarget } from '../backups/index.ts';
import { readSettings } from '../settings/index.ts';
import { backupFolder } from './backup-folder.ts';
import type { CommandContext } from './command.ts';

/** Where this deployment keeps its bundles: the folder, and the S3-compatible store if one is set. */
export function backupTargets(
  context: Pick<CommandContext, 'environment' | 'cwd'>,
): readonly [DirectoryTarget, ...BackupTarget[]] {
  const settings = readSettings(context.environment, ['BACKUP_RETENTION', 'BACKUP_S3_URL', 'BACKUP_S3_RETENTION']);
  const local = new DirectoryTarget({
    name: 'local',
    root: backupFolder(context),
    retention: parseRetention('BACKUP_RETENTION', settings.BACKUP_RETENTION),
  });
  if (settings.BACKUP_S3_URL === undefined) return [local];
  const retention = parseRetention('BACKUP_S3_RETENTION', settings.BACKUP_S3_RETENTION);
  return [local, new S3Target({ name: 's3', url: settings.BACKUP_S3_URL, retention })];
}
