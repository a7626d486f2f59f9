import { resolve } from 'node:path';
import type { BackupServiceAddress } from '../backups/client/index.ts';
import { Secret } from '../base/index.ts';
import { readSettings } from '../settings/index.ts';
import type { CommandContext } from './command.ts';

type Context = Pick<CommandContext, 'environment' | 'cwd'>;

const databaseUrls = ['CONFIG_DATABASE_URL', 'RESULTS_DATABASE_URL', 'JOBS_DATABASE_URL'] as const;

/** The backup service of the settings; without one, that of the running embedded stack; undefined: there is none. */
export async function findBackupService(context: Context): Promise<BackupServiceAddress | undefined> {
  const { BACKUP_SERVICE_URL, BACKUP_SERVICE_TOKEN } = readSettings(context.environment, [
    'BACKUP_SERVICE_URL',
    'BACKUP_SERVICE_TOKEN',
  ]);
  if (BACKUP_SERVICE_URL !== undefined) return { url: BACKUP_SERVICE_URL, token: BACKUP_SERVICE_TOKEN };
  const stack = await readStackBackups(context);
  return stack?.url === undefined ? undefined : { url: stack.url, token: stack.token ?? BACKUP_SERVICE_TOKEN };
}

/** What the running embedded stack says of its backups; undefined without one, and when other databases are meant. */
export async function readStackBackups(
  context: Context,
): Promise<(BackupServiceAddress & { readonly proveUrl: Secret | undefined }) | undefined> {
  const values = readSettings(context.environment, ['DATA_DIR', ...databaseUrls]);
  if (databaseUrls.some((name) => values[name] !== undefined)) return undefined;
  const { readRunningStack } = await import('../embedded/stack-file.ts');
  const stack = await readRunningStack(resolve(context.cwd, values.DATA_DIR));
  if (stack === undefined) return undefined;
  const { backupServiceUrl, backupServiceToken, proveDatabaseUrl } = stack;
  const secret = (text: string | null | undefined) =>
    text === null || text === undefined ? undefined : new Secret(text);
  return { url: backupServiceUrl ?? undefined, token: secret(backupServiceToken), proveUrl: secret(proveDatabaseUrl) };
}
