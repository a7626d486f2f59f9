import { join } from 'node:path';
import type { LockFile, Secret } from '../base/index.ts';
import { claimAddress, urlOf, type Address } from './address.ts';
import { startBackup, type StackBackup } from './backup.ts';
import { prepareDataFolder } from './data-folder.ts';
import { revealUrls, startDatabases, type DatabaseUrls, type StackDatabases } from './databases.ts';
import { adminUser, ensureFirstAdmin } from './first-admin.ts';
import { lockDataFolder } from './lock.ts';
import { managerEnvironment, startManager, type StartedManager } from './manager.ts';
import type { StuckDatabase } from './migrate.ts';
import { describePrevious, settlePrevious } from './previous.ts';
import { startLocalScanner } from './scanner.ts';
import { StackRecord } from './stack-record.ts';

export interface StackOptions {
  readonly dataDir: string;
  readonly address: Address;
  readonly adminPassword: Secret | undefined;
  readonly sessionSecret: Secret | undefined;
  /** The caller's environment; the manager gets it with the stack's own settings in it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The command line of this program, without a command. */
  readonly program: readonly string[];
  /** How the migrator is started on this stack, for the commands that are shown. */
  readonly migratorCommand: string;
  /** Brings the databases to this release's schema, with the owner's URLs; gives those that are not there. */
  readonly migrate: (urls: DatabaseUrls) => Promise<readonly StuckDatabase[]>;
  /** One plain sentence for the operator. */
  readonly report: (line: string) => void;
  /** Aborted: give up the start and undo it. */
  readonly signal: AbortSignal;
}

/** A stack that runs. */
export interface RunningStack {
  readonly url: string;
  readonly adminUser: string;
  readonly dataDir: string;
  /** Where the databases are; not always in the data folder. */
  readonly clusterHome: string;
  /** False: the manager keeps the product closed until the stuck databases are mended, and opens by itself then. */
  readonly open: boolean;
  /** What keeps it closed: databases that could not be brought to the version of this release, an interrupted command. */
  readonly stuck: readonly Pick<StuckDatabase, 'message' | 'remedy'>[];
  /** The generated password of the first user, as long as nobody has been shown it. */
  readonly unseenAdminPassword: Secret | undefined;
  forgetAdminPassword(): Promise<void>;
  /** The scanner, the manager and the backup service drain, then Postgres stops, then the data folder is released. */
  stop(): Promise<void>;
  /** For a forced end: releases the data folder at once; the parts notice by themselves that their supervisor is gone. */
  abandon(): void;
}

/** Starts everything, in this order; if a step fails, whatever was started is stopped again. */
export async function startStack(options: StackOptions): Promise<RunningStack> {
  await using started = new AsyncDisposableStack();
  const { lock, address, dataDir } = await claimGround(options, started);
  const record = new StackRecord(dataDir);
  options.signal.throwIfAborted();
  const databases = started.use(await startDatabases(dataDir, record, options.report));
  tellOfPrevious(options, lock, databases);
  options.signal.throwIfAborted();
  const stuck = await options.migrate(databases.urls.owner);
  options.signal.throwIfAborted();
  const ground = { started, record, databases, address, dataDir };
  const backup = await addBackup(options, ground);
  const { open, maintenance } = await addManager(options, { ...ground, backup }, stuck.length > 0);
  await backup?.answered;
  started.defer(() => record.remove());
  const url = urlOf(address);
  await record.publish({ url, ...describeAccess(options, databases, backup), adminUser });
  addScanner(options, ground);

  const { clusterHome, secrets } = databases;
  const running = started.move();
  return {
    url,
    adminUser,
    dataDir,
    clusterHome,
    open,
    stuck: maintenance === undefined ? stuck : [...stuck, maintenance],
    unseenAdminPassword: secrets.unseenAdminPassword(),
    forgetAdminPassword: async () => await secrets.forgetAdminPassword(),
    stop: async () => await running.disposeAsync(),
    abandon: () => {
      record.remove();
      lock.release();
    },
  };
}

/** Takes the data folder and the address, before anything is started. */
async function claimGround(options: StackOptions, started: AsyncDisposableStack) {
  const dataDir = await prepareDataFolder(options.dataDir);
  const lock = await lockDataFolder(dataDir);
  started.defer(() => lock.release());
  await settlePrevious(dataDir);
  const address = await claimAddress(options.address, options.environment);
  return { dataDir, lock, address };
}

function tellOfPrevious(options: StackOptions, lock: LockFile, databases: StackDatabases): void {
  const { hadCluster, leftover } = databases;
  const line = describePrevious({ lockTakenOver: lock.takenOver, hadCluster, leftover });
  if (line !== undefined) options.report(line);
}

interface Ground {
  readonly started: AsyncDisposableStack;
  readonly record: StackRecord;
  readonly databases: StackDatabases;
  readonly address: Address;
  readonly dataDir: string;
}

/** What another terminal needs to get at the data of the stack. */
function describeAccess({ environment }: StackOptions, databases: StackDatabases, backup: StackBackup | undefined) {
  return {
    databases: revealUrls(databases.urls),
    proveDatabaseUrl: databases.proveUrl.reveal(),
    backupServiceUrl: backup?.url ?? environment['BACKUP_SERVICE_URL'] ?? null,
    backupServiceToken: backup === undefined ? null : databases.secrets.backupService.reveal(),
  };
}

/** Undefined when the caller's environment names a backup service: then that one is meant. */
async function addBackup(options: StackOptions, ground: Ground): Promise<StackBackup | undefined> {
  const { started, record, databases, dataDir } = ground;
  const { environment, migratorCommand, report, program } = options;
  if ((environment['BACKUP_SERVICE_URL'] ?? '') !== '') return undefined;
  const { urls, proveUrl, secrets } = databases;
  const facts = { dataDir, token: secrets.backupService, readonlyUrls: urls.readonly, proveUrl, migratorCommand };
  const backup = await startBackup({ command: [...program, 'backup', 'serve'], environment, facts, record, report });
  started.defer(async () => await backup.stop());
  return backup;
}

/** Gives whether the product is open, and what keeps it closed. */
async function addManager(
  options: StackOptions,
  ground: Ground & { readonly backup: StackBackup | undefined },
  mayBeClosed: boolean,
): Promise<Omit<StartedManager, 'supervised'>> {
  const { started, record, databases, address, dataDir, backup } = ground;
  const { urls, secrets } = databases;
  const { report, signal, migratorCommand } = options;
  const first = { configUrl: urls.app.config, given: options.adminPassword, secrets, report };
  const environment = managerEnvironment(options.environment, {
    address,
    dataDir,
    appUrls: urls.app,
    monitorUrls: urls.monitor,
    sessionSecret: options.sessionSecret ?? secrets.session,
    backupService: backup && { url: backup.url, token: secrets.backupService },
    migratorCommand,
    adminPassword: await ensureFirstAdmin(first),
  });
  const { supervised, ...opening } = await startManager({
    command: [...options.program, 'manager'],
    environment,
    address,
    logFile: join(dataDir, 'manager.log'),
    record,
    report,
    mayBeClosed,
    signal,
  });
  started.defer(async () => await supervised.stop());
  return opening;
}

function addScanner(options: StackOptions, { started, record, databases, address, dataDir }: Ground): void {
  const scanner = startLocalScanner({
    command: [...options.program, 'scanner'],
    environment: options.environment,
    address,
    dataDir,
    configUrl: databases.urls.app.config,
    record,
    report: options.report,
  });
  started.defer(async () => await scanner.stop());
}
