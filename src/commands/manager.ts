import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { createBackupClient } from '../backups/client/index.ts';
import { firstSignal, systemClock, wordForDeployment, type Secret, type Service } from '../base/index.ts';
import type { DatabaseName } from '../contract/index.ts';
import { createFleet, createJobQueue } from '../fleet/index.ts';
import { createDatabaseStatus } from '../database-status/index.ts';
import { createGate } from '../gate/index.ts';
import { makeEvidence } from '../evidence/index.ts';
import { createLog, listen } from '../http/index.ts';
import { createManagerApp, deriveSessionKeys, shippedHelp, type FirstUser, type ManagerApp } from '../manager/index.ts';
import { defaultManifestPath, defaultMigrationsDir, packageRoot, readManifest } from '../manifest/index.ts';
import { readDefinitions } from '../migrator/index.ts';
import { createNotifier } from '../notify/index.ts';
import { openDatabase, type Database } from '../postgres/index.ts';
import { createHistoryRecorder, createPosture } from '../posture/index.ts';
import { describeSettings, readSettings } from '../settings/index.ts';
import type { Command, CommandContext } from './command.ts';
import { resolveDatabaseUrls } from './database-urls.ts';
import { readKeySource } from './evidence-key.ts';
import { oidcSettings, readOidc } from './oidc-settings.ts';
import { migratorCommandOf } from './migrator-command.ts';
import { notifySettings, readChannels } from './notify-inputs.ts';

const drainMs = 10_000;
/** Shorter than a page waits for the manager, so that the page is told which of the two does not answer. */
const backupDeadlineMs = 4000;

/** `plimsoll manager`: runs the manager until it is told to stop. */
export const command: Command = {
  summary: 'Run the manager: the HTTP API and the admin pages.',
  options: {},
  run: async (context) => {
    const settings = readManagerSettings(context);
    const log = createLog('manager', settings.LOG_LEVEL, context.stderr);
    const { manager, background, databases } = await assemble(context, settings, log);
    const stopping = firstSignal(process, () => process.exit(1));
    const url = await listen(manager.app, {
      host: settings.HOST,
      port: settings.PORT,
      settings: { host: 'HOST', port: 'PORT' },
    });
    context.stdout.write(`Listening on ${url}\n`);
    // Only now is any database spoken to: the manager answers from its first second, whatever state they are in.
    await Promise.all([manager, ...background].map(async (service) => await service.start()));
    log.info({ signal: await stopping }, 'stopping: finishing the requests under way');
    setTimeout(() => process.exit(1), drainMs).unref();
    await manager.stop();
    for (const service of background) await service.stop();
    await Promise.all(databases.map(async (database) => await database.close()));
    return 0;
  },
};

type ManagerSettings = ReturnType<typeof readManagerSettings>;
type ManagerLog = ReturnType<typeof createLog>;

const ownSettings = [
  'PORT',
  'HOST',
  'DATA_DIR',
  'EVIDENCE_SIGNING_KEY',
  'ADMIN_PASSWORD',
  'RELEASE_MANIFEST',
  'MIGRATIONS_DIR',
  'IMAGE_SHA',
  'BACKUP_SERVICE_URL',
  'BACKUP_SERVICE_TOKEN',
  'RECOVERY_TOKEN',
  'SCANNER_ENROLMENT_TOKEN',
  'SESSION_SECRET',
  'TRUSTED_PROXIES',
  'LOG_LEVEL',
] as const;

/** All that a manager reads: its own, and what says where its databases are and how the migrator is started. */
export const shownSettings = [
  ...ownSettings,
  ...notifySettings,
  ...oidcSettings,
  'CONFIG_DATABASE_URL',
  'RESULTS_DATABASE_URL',
  'JOBS_DATABASE_URL',
  'MONITOR_CONFIG_DATABASE_URL',
  'MONITOR_RESULTS_DATABASE_URL',
  'MONITOR_JOBS_DATABASE_URL',
  'MIGRATOR_COMMAND',
] as const;

function readManagerSettings({ environment }: CommandContext) {
  return readSettings(environment, ownSettings);
}

interface Assembly {
  readonly manager: ManagerApp;
  /** What runs beside it, in the order in which it is stopped. */
  readonly background: readonly Service[];
  readonly databases: readonly Database[];
}

async function assemble(context: CommandContext, settings: ManagerSettings, log: ManagerLog): Promise<Assembly> {
  const urls = await resolveDatabaseUrls(context, 'app');
  const manifest = await readManifest(inside(context, settings.RELEASE_MANIFEST) ?? defaultManifestPath());
  const definitions = await readDefinitions(inside(context, settings.MIGRATIONS_DIR) ?? defaultMigrationsDir());
  const migratorCommand = migratorCommandOf(context);
  const dataDir = resolve(context.cwd, settings.DATA_DIR);
  const backup = { url: settings.BACKUP_SERVICE_URL, token: settings.BACKUP_SERVICE_TOKEN };
  const gate = createGate({ manifest, clock: systemClock, migratorCommand });
  const posture = createPosture({
    manifest,
    definitions,
    urls,
    gate,
    migratorCommand,
    imageSha: settings.IMAGE_SHA,
    dataDir,
    backup,
    clock: systemClock,
    log,
  });
  if (settings.SESSION_SECRET === undefined)
    log.warn({}, 'SESSION_SECRET is not set: sessions end with this process, and are not shared with other replicas');
  const config = open('config', urls.config);
  const jobs = open('jobs', urls.jobs);
  const results = open('results', urls.results);
  const fleet = createFleet({
    config,
    jobs,
    results,
    queue: createJobQueue({ url: urls.jobs, log }),
    window: manifest.scannerProtocol,
    clock: systemClock,
    log,
    isProductOpen: () => gate.isOpen('product'),
  });
  const watching = { posture, config, dataDir, clock: systemClock, log };
  const history = createHistoryRecorder(watching);
  const notifier = createNotifier({ ...watching, ...readChannels(context), host: hostname() });
  const monitorUrls = await resolveDatabaseUrls(context, 'monitor');
  const status = createDatabaseStatus({ ...watching, urls: monitorUrls, appUrls: urls });
  const evidence = { config, urls, manifest, definitions, clock: systemClock, key: readKeySource(context) };
  const manager = await createManagerApp({
    posture,
    waitingChanges: () => history.waiting(),
    notifications: notifier,
    makeEvidence: async (request) => await makeEvidence(evidence, request),
    gate,
    config,
    jobs,
    fleet,
    databases: status,
    backups: createBackupClient({ ...backup, deadlineMs: backupDeadlineMs }),
    log,
    clock: systemClock,
    sessionKeys: await deriveSessionKeys(settings.SESSION_SECRET),
    recoveryToken: settings.RECOVERY_TOKEN,
    oidc: readOidc(context.environment),
    adminPassword: settings.ADMIN_PASSWORD,
    scannerToken: settings.SCANNER_ENROLMENT_TOKEN,
    announceFirstUser: (user) => context.stdout.write(wordForDeployment(announcementOf(user), migratorCommand)),
    trustedProxies: settings.TRUSTED_PROXIES ?? [],
    webDirectory: resolve(packageRoot(), 'dist/web'),
    help: shippedHelp,
    settings: describeSettings(context.environment, shownSettings),
    host: hostname(),
    errorCodesPath: resolve(packageRoot(), 'docs/errors.md'),
  });
  return { manager, background: [status, notifier, history, posture], databases: [config, jobs, results] };
}

function open(name: DatabaseName, url: Secret): Database {
  return openDatabase({
    name,
    url,
    applicationName: 'plimsoll manager',
    connectTimeoutMs: 2000,
    statementTimeoutMs: 2000,
    max: 4,
  });
}

function inside(context: CommandContext, path: string | undefined): string | undefined {
  return path === undefined ? undefined : resolve(context.cwd, path);
}

/** On stdout and not in the log, which goes to places where a password must not be. */
function announcementOf({ username, password }: FirstUser): string {
  return password === undefined
    ? `Made the first user ${username} with the password of ADMIN_PASSWORD.\n`
    : `Made the first user ${username}, password ${password.reveal()} (shown once; \`plimsoll user passwd ${username}\` sets another).\n`;
}
