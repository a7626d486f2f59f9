import { resolve } from 'node:path';
import { firstSignal, systemClock, type Secret } from '../base/index.ts';
import { createBackupService, DirectoryTarget, shortestToken } from '../backups/index.ts';
import { createLog, listen } from '../http/index.ts';
import { defaultManifestPath, readManifest } from '../manifest/index.ts';
import { invalidSettings, readSettings, type SettingName } from '../settings/index.ts';
import { backupFolder } from './backup-inputs.ts';
import type { Command, CommandContext } from './command.ts';
import { migratorCommandOf } from './migrator-command.ts';

const drainMs = 10_000;

const used = [
  'BACKUP_HOST',
  'BACKUP_PORT',
  'BACKUP_SERVICE_TOKEN',
  'BACKUP_DIR',
  'DATA_DIR',
  'BACKUP_MAX_AGE_HOURS',
  'RELEASE_MANIFEST',
  'IMAGE_SHA',
  'LOG_LEVEL',
] as const satisfies readonly SettingName[];

/** `plimsoll backup serve`: the backup service, until it is told to stop. */
export const command: Command = {
  summary: 'Run the backup service: takes, keeps, verifies and proves bundles of all three databases.',
  options: {},
  settings: used,
  exitCodes: { 0: 'stopped as it was told to', 1: 'could not start' },
  run: async (context) => {
    const settings = readSettings(context.environment, used);
    const token = requireToken(settings.BACKUP_SERVICE_TOKEN);
    const log = createLog('backup', settings.LOG_LEVEL, context.stderr);
    const manifest = await readManifest(inside(context, settings.RELEASE_MANIFEST) ?? defaultManifestPath());
    const folder = backupFolder(context);
    const service = await createBackupService({
      log,
      clock: systemClock,
      token,
      migratorCommand: migratorCommandOf(context),
      app: { version: manifest.appVersion, imageSha: settings.IMAGE_SHA },
      folder,
      targets: [
        new DirectoryTarget({ name: 'local', root: folder, retention: { last: 7, daily: 7, weekly: 4, monthly: 6 } }),
      ],
      maxAgeSeconds: settings.BACKUP_MAX_AGE_HOURS * 3600,
    });
    const stopping = firstSignal(process, () => process.exit(1));
    const url = await listen(service.app, {
      host: settings.BACKUP_HOST,
      port: settings.BACKUP_PORT,
      settings: { host: 'BACKUP_HOST', port: 'BACKUP_PORT' },
    });
    context.stdout.write(`Listening on ${url}\n`);
    await service.start();
    log.info({ signal: await stopping }, 'stopping: what runs is cancelled, requests under way are finished');
    setTimeout(() => process.exit(1), drainMs).unref();
    await service.stop();
    return 0;
  },
};

/** Whoever holds the token reads every database through the bundles: there is no service without one. */
function requireToken(token: Secret | undefined): Secret {
  const length = token?.reveal().length ?? 0;
  if (token !== undefined && length >= shortestToken) return token;
  throw invalidSettings([
    token === undefined
      ? 'BACKUP_SERVICE_TOKEN is not set; the backup service needs one'
      : `BACKUP_SERVICE_TOKEN must have at least ${shortestToken} characters, found ${length}`,
  ]);
}

function inside(context: CommandContext, path: string | undefined): string | undefined {
  return path === undefined ? undefined : resolve(context.cwd, path);
}
