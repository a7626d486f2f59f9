import { join } from 'node:path';
import type { Secret } from '../base/index.ts';
import { claimAddress, urlOf, type Address } from './address.ts';
import { prepareDataFolder } from './data-folder.ts';
import { revealUrls, startDatabases, type DatabaseUrls, type StackDatabases } from './databases.ts';
import { firstAdminPassword } from './first-admin.ts';
import { lockDataFolder, type DataFolderLock } from './lock.ts';
import { managerEnvironment, startManager } from './manager.ts';
import { describePrevious, settlePrevious } from './previous.ts';
import { StackRecord } from './stack-record.ts';

export interface StackOptions {
  readonly dataDir: string;
  readonly address: Address;
  readonly adminPassword: Secret | undefined;
  readonly sessionSecret: Secret | undefined;
  /** The caller's environment; the manager gets it with the stack's own settings in it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The command line of the manager. */
  readonly managerCommand: readonly string[];
  /** Brings the databases to this release's schema, with the owner's URLs. */
  readonly migrate: (urls: DatabaseUrls) => Promise<void>;
  /** One plain sentence for the operator. */
  readonly report: (line: string) => void;
  /** Aborted: give up the start and undo it. */
  readonly signal: AbortSignal;
}

/** A stack that is ready. */
export interface RunningStack {
  readonly url: string;
  readonly adminUser: string;
  readonly dataDir: string;
  /** Where the databases are; not always in the data folder. */
  readonly clusterHome: string;
  /** The generated password of the first user, as long as nobody has been shown it. */
  readonly unseenAdminPassword: Secret | undefined;
  markAdminPasswordShown(): Promise<void>;
  /** The manager drains, then Postgres stops, then the data folder is released. */
  stop(): Promise<void>;
  /** For a forced end: releases the data folder at once; the parts notice by themselves that their supervisor is gone. */
  abandon(): void;
}

const adminUser = 'admin';

/** Starts everything, in this order; if a step fails, whatever was started is stopped again. */
export async function startStack(options: StackOptions): Promise<RunningStack> {
  await using started = new AsyncDisposableStack();
  const { lock, address, dataDir } = await claimGround(options, started);
  const record = new StackRecord(dataDir);
  options.signal.throwIfAborted();
  const databases = started.use(await startDatabases(dataDir, record, options.report));
  tellOfPrevious(options, lock, databases);
  options.signal.throwIfAborted();
  await options.migrate(databases.urls.owner);
  options.signal.throwIfAborted();
  await addManager(options, { started, record, databases, address, dataDir });
  started.defer(() => record.remove());
  const url = urlOf(address);
  await record.publish({ url, databases: revealUrls(databases.urls), backupServiceUrl: null, adminUser });

  const { clusterHome, secrets } = databases;
  const running = started.move();
  return {
    url,
    adminUser,
    dataDir,
    clusterHome,
    unseenAdminPassword: secrets.unseenAdminPassword(),
    markAdminPasswordShown: async () => await secrets.markAdminPasswordShown(),
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

function tellOfPrevious(options: StackOptions, lock: DataFolderLock, databases: StackDatabases): void {
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

async function addManager(options: StackOptions, ground: Ground): Promise<void> {
  const { started, record, databases, address, dataDir } = ground;
  const { urls, secrets } = databases;
  const environment = managerEnvironment(options.environment, {
    address,
    dataDir,
    appUrls: urls.app,
    sessionSecret: options.sessionSecret ?? secrets.session,
    adminPassword: await firstAdminPassword(urls.app.config, options.adminPassword, secrets),
  });
  const manager = await startManager({
    command: options.managerCommand,
    environment,
    address,
    logFile: join(dataDir, 'manager.log'),
    record,
    report: options.report,
    signal: options.signal,
  });
  started.defer(async () => await manager.stop());
}
