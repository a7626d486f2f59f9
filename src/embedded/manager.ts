import { setTimeout as delay } from 'node:timers/promises';
import { databaseNames, type DatabaseName } from '../contract/index.ts';
import type { Secret } from '../base/index.ts';
import { urlOf, type Address } from './address.ts';
import { embeddedError } from './errors.ts';
import { lastLines, lastWords } from './log-file.ts';
import { spawnProgram, type Part } from './part.ts';
import { askReadiness, type ClosedByCommand } from './readiness.ts';
import type { StackRecord } from './stack-record.ts';
import { Supervised } from './supervisor.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface ManagerFacts {
  readonly address: Address;
  readonly dataDir: string;
  readonly appUrls: Readonly<Record<DatabaseName, Secret>>;
  readonly monitorUrls: Readonly<Record<DatabaseName, Secret>>;
  readonly sessionSecret: Secret;
  /** Undefined: the caller's environment names one. */
  readonly backupService: { readonly url: string; readonly token: Secret } | undefined;
  /** How the migrator is started on this stack, for the commands that the manager shows. */
  readonly migratorCommand: string;
  /** For the manager to make the first user with, if that could not be done before; else undefined. */
  readonly adminPassword: Secret | undefined;
}

/**
 * The manager's environment: the caller's, with the stack's own databases and secrets in place of whatever it says
 * about those, and without the stronger roles, which are none of the manager's business.
 */
export function managerEnvironment(caller: Environment, facts: ManagerFacts): Environment {
  const own: Record<string, string | undefined> = {
    HOST: facts.address.host,
    PORT: String(facts.address.port),
    DATA_DIR: facts.dataDir,
    MIGRATOR_COMMAND: facts.migratorCommand,
    SESSION_SECRET: facts.sessionSecret.reveal(),
    ADMIN_PASSWORD: facts.adminPassword?.reveal(),
    BACKUP_PROVE_DATABASE_URL: undefined,
    BACKUP_S3_URL: undefined,
    // The stack enrols its own scanner; one in the caller's environment is of another manager.
    SCANNER_ENROLMENT_TOKEN: undefined,
  };
  if (facts.backupService !== undefined) {
    own['BACKUP_SERVICE_URL'] = facts.backupService.url;
    own['BACKUP_SERVICE_TOKEN'] = facts.backupService.token.reveal();
  }
  for (const name of databaseNames) {
    own[`${name.toUpperCase()}_DATABASE_URL`] = facts.appUrls[name].reveal();
    own[`MONITOR_${name.toUpperCase()}_DATABASE_URL`] = facts.monitorUrls[name].reveal();
    own[`MIGRATOR_${name.toUpperCase()}_DATABASE_URL`] = undefined;
    own[`BACKUP_${name.toUpperCase()}_DATABASE_URL`] = undefined;
  }
  const files = Object.keys(own).map((name) => [`${name}_FILE`, undefined]);
  return { ...caller, ...Object.fromEntries(files), ...own };
}

export interface ManagerOptions {
  /** The command line of the manager. */
  readonly command: readonly string[];
  readonly environment: Environment;
  readonly address: Address;
  readonly logFile: string;
  readonly record: StackRecord;
  readonly report: (line: string) => void;
  /** A database is not at its version: the manager counts as started also while it keeps the product closed. */
  readonly mayBeClosed: boolean;
  /** Aborted: stop waiting for it. */
  readonly signal: AbortSignal;
}

const readyTimeoutMs = 60_000;
/** How long a manager that cannot read a database may look for it before it counts as started all the same. */
const readingTimeoutMs = 10_000;

export interface StartedManager {
  readonly supervised: Supervised;
  /** False: it runs, and keeps the product closed until its databases are mended. */
  readonly open: boolean;
  /** The command that keeps the product closed, interrupted perhaps; undefined when none does. */
  readonly maintenance: ClosedByCommand | undefined;
}

type Opening = Pick<StartedManager, 'open' | 'maintenance'>;

/** Starts the manager, waits until it is ready, and keeps it running from then on. */
export async function startManager(options: ManagerOptions): Promise<StartedManager> {
  const { command, environment, logFile, record, report } = options;
  const start = async (): Promise<Part> => await spawnProgram({ command, environment, logFile });
  const first = await start();
  let opening: Opening;
  try {
    opening = await waitUntilStarted(options, first);
  } catch (error) {
    await first.stop();
    throw error;
  }
  const onStarted = async (part: Part): Promise<void> => await record.setPid('manager', part.pid);
  return { supervised: await Supervised.start({ name: 'the manager', first, start, onStarted, report }), ...opening };
}

/** Gives whether the product is open. */
async function waitUntilStarted(options: ManagerOptions, part: Part): Promise<Opening> {
  const closed: Opening = { open: false, maintenance: undefined };
  let ended = false;
  void part.gone.then(() => (ended = true));
  const begin = Date.now();
  for (;;) {
    const answer = await askReadiness(options.address);
    options.signal.throwIfAborted();
    if (ended) throw await startFailed(options.logFile, 'it ended before it was ready');
    if (answer.state === 'ready') return { ...closed, open: true };
    const waitedMs = Date.now() - begin;
    // A restore that was interrupted is gone on with, or back from, on the running stack.
    if (answer.state === 'closed' && answer.maintenance !== undefined)
      return { ...closed, maintenance: answer.maintenance };
    if (options.mayBeClosed && answer.state === 'closed') return closed;
    if (options.mayBeClosed && answer.state === 'unread' && waitedMs > readingTimeoutMs) return closed;
    if (waitedMs > readyTimeoutMs)
      throw await startFailed(
        options.logFile,
        `for ${readyTimeoutMs / 1000} s ${urlOf(options.address)}/readyz said ${answer.said}`,
      );
    await delay(25);
  }
}

async function startFailed(logFile: string, found: string): Promise<Error> {
  return embeddedError('part_start_failed', {
    message: `the manager did not start: ${found}; its log says: ${await lastWords(logFile)}`,
    hint: `Read ${logFile}, mend what it names, and start again.`,
    details: { log: await lastLines(logFile) },
  });
}
