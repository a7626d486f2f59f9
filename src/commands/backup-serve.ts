import { createBackupService, shortestToken } from '../backups/index.ts';
import { firstSignal, systemClock, type Secret } from '../base/index.ts';
import { createLog, listen } from '../http/index.ts';
import { invalidSettings, readSettings, type SettingName } from '../settings/index.ts';
import { backupSettings, readProveUrl, readTakeDeps } from './backup-inputs.ts';
import { readSchedules } from './backup-schedules.ts';
import type { Command } from './command.ts';
import { migratorCommandOf } from './migrator-command.ts';

const drainMs = 10_000;

const ownSettings = [
  'BACKUP_HOST',
  'BACKUP_PORT',
  'BACKUP_SERVICE_TOKEN',
  'BACKUP_SCHEDULE',
  'BACKUP_PROVE_SCHEDULE',
  'BACKUP_TIME_ZONE',
  'BACKUP_MAX_AGE_HOURS',
  'LOG_LEVEL',
] as const satisfies readonly SettingName[];

/** `plimsoll backup serve`: the backup service, until it is told to stop. */
export const command: Command = {
  summary: 'Run the backup service: takes, keeps, verifies and proves bundles of all three databases.',
  options: {},
  settings: [
    ...new Set([
      ...ownSettings,
      ...backupSettings,
      'BACKUP_CONFIG_DATABASE_URL' as const,
      'BACKUP_RESULTS_DATABASE_URL' as const,
      'BACKUP_JOBS_DATABASE_URL' as const,
      'BACKUP_PROVE_DATABASE_URL' as const,
    ]),
  ],
  exitCodes: { 0: 'stopped as it was told to', 1: 'could not start' },
  run: async (context) => {
    const settings = readSettings(context.environment, ownSettings);
    const token = requireToken(settings.BACKUP_SERVICE_TOKEN);
    const schedules = readSchedules(context);
    const log = createLog('backup', settings.LOG_LEVEL, context.stderr);
    const service = await createBackupService({
      log,
      clock: systemClock,
      token,
      migratorCommand: migratorCommandOf(context),
      take: await readTakeDeps(context, log),
      proveUrl: await readProveUrl(context),
      schedules,
      maxAgeSeconds: settings.BACKUP_MAX_AGE_HOURS * 3600,
    });
    const stopping = firstSignal(process, () => process.exit(1));
    const url = await listen(service.app, {
      host: settings.BACKUP_HOST,
      port: settings.BACKUP_PORT,
      settings: { host: 'BACKUP_HOST', port: 'BACKUP_PORT' },
    });
    context.stdout.write(`Listening on ${url}\n`);
    // It answers from its first second; what it reads before it begins to work may be slow.
    await Promise.race([service.start(), stopping]);
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
