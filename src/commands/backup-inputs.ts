import { join, resolve } from 'node:path';
import {
  findEngines,
  openPlaces,
  parseRecipients,
  type HomePlace,
  type Place,
  type TakeDeps,
} from '../backups/index.ts';
import { systemClock, type Log, type Secret } from '../base/index.ts';
import { defaultManifestPath, readManifest } from '../manifest/index.ts';
import { readSettings, type SettingName } from '../settings/index.ts';
import { backupTargets } from './backup-targets.ts';
import { readStackBackups } from './backup-service.ts';
import type { CommandContext } from './command.ts';
import { resolveDatabaseUrls } from './database-urls.ts';

/** The settings that say where bundles are kept and how they are taken. */
export const backupSettings = [
  'BACKUP_DIR',
  'DATA_DIR',
  'BACKUP_RETENTION',
  'BACKUP_S3_URL',
  'BACKUP_S3_RETENTION',
  'BACKUP_AGE_RECIPIENTS',
  'BACKUP_TIME_ZONE',
  'BACKUP_LEASE_LATENCY_LIMIT_MS',
  'BACKUP_WASM_LIMIT_MB',
  'PG_BIN',
  'RELEASE_MANIFEST',
  'IMAGE_SHA',
] as const satisfies readonly SettingName[];

type Context = Pick<CommandContext, 'environment' | 'cwd'>;

/** Where bundles are kept. */
export interface BackupPlaces {
  readonly home: HomePlace;
  readonly others: readonly Place[];
}

/** Where bundles are kept, as places that are remembered; asks none anything. */
export function readBackupPlaces(context: Context, log: Log): BackupPlaces {
  const { DATA_DIR } = readSettings(context.environment, ['DATA_DIR']);
  const path = join(resolve(context.cwd, DATA_DIR), 'backup-places.json');
  const place = openPlaces({ path, clock: systemClock, log });
  const [home, ...others] = backupTargets(context);
  return { home: place(home), others: others.map((target) => place(target)) };
}

/** Reads all that taking a bundle stands on; connects to nothing. */
export async function readTakeDeps(context: Context, log: Log): Promise<TakeDeps> {
  const values = readSettings(context.environment, backupSettings);
  const path = values.RELEASE_MANIFEST;
  const manifest = await readManifest(path === undefined ? defaultManifestPath() : resolve(context.cwd, path));
  return {
    ...readBackupPlaces(context, log),
    urls: await resolveDatabaseUrls(context, 'readonly'),
    findEngines: async () => await findBackupEngines(context),
    recipients: parseRecipients(values.BACKUP_AGE_RECIPIENTS),
    app: { version: manifest.appVersion, imageSha: values.IMAGE_SHA },
    leaseLatencyLimitMs: values.BACKUP_LEASE_LATENCY_LIMIT_MS,
    zone: values.BACKUP_TIME_ZONE,
    clock: systemClock,
    log,
  };
}

/** Looks for the programs that dump and load. */
export async function findBackupEngines({ environment }: Context) {
  const { PG_BIN, BACKUP_WASM_LIMIT_MB } = readSettings(environment, ['PG_BIN', 'BACKUP_WASM_LIMIT_MB']);
  return await findEngines({ pgBin: PG_BIN, path: environment['PATH'], wasmLimitMb: BACKUP_WASM_LIMIT_MB });
}

/** Where bundles are restored to be proven: the setting, else that of the running embedded stack. */
export async function readProveUrl(context: Context): Promise<Secret | undefined> {
  const { BACKUP_PROVE_DATABASE_URL } = readSettings(context.environment, ['BACKUP_PROVE_DATABASE_URL']);
  if (BACKUP_PROVE_DATABASE_URL !== undefined) return BACKUP_PROVE_DATABASE_URL;
  return (await readStackBackups(context))?.proveUrl;
}
