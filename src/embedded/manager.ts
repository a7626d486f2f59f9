import { setTimeout as delay } from 'node:timers/promises';
import { databaseNames, type DatabaseName } from '../contract/index.ts';
import type { Secret } from '../base/index.ts';
import { urlOf, type Address } from './address.ts';
import { embeddedError } from './errors.ts';
import { lastLines } from './log-file.ts';
import { spawnProgram, type Part } from './part.ts';
import { stackMigratorCommand } from './stack-migrator-command.ts';
import type { StackRecord } from './stack-record.ts';
import { Supervised } from './supervisor.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface ManagerFacts {
  readonly address: Address;
  readonly dataDir: string;
  readonly appUrls: Readonly<Record<DatabaseName, Secret>>;
  readonly sessionSecret: Secret;
  /** For the first user; undefined once there is one. */
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
    MIGRATOR_COMMAND:
      caller['MIGRATOR_COMMAND'] ?? stackMigratorCommand(isSet(caller['DATA_DIR']) ? facts.dataDir : undefined),
    SESSION_SECRET: facts.sessionSecret.reveal(),
    ADMIN_PASSWORD: facts.adminPassword?.reveal(),
  };
  for (const name of databaseNames) {
    own[`${name.toUpperCase()}_DATABASE_URL`] = facts.appUrls[name].reveal();
    own[`MIGRATOR_${name.toUpperCase()}_DATABASE_URL`] = undefined;
  }
  const files = Object.keys(own).map((name) => [`${name}_FILE`, undefined]);
  return { ...caller, ...Object.fromEntries(files), ...own };
}

function isSet(text: string | undefined): boolean {
  return text !== undefined && text !== '';
}

export interface ManagerOptions {
  /** The command line of the manager. */
  readonly command: readonly string[];
  readonly environment: Environment;
  readonly address: Address;
  readonly logFile: string;
  readonly record: StackRecord;
  readonly report: (line: string) => void;
  /** Aborted: stop waiting for it. */
  readonly signal: AbortSignal;
}

const readyTimeoutMs = 60_000;

/** Starts the manager, waits until `/readyz` answers 200, and keeps it running from then on. */
export async function startManager(options: ManagerOptions): Promise<Supervised> {
  const { command, environment, logFile, record, report } = options;
  const start = async (): Promise<Part> => await spawnProgram({ command, environment, logFile });
  const first = await start();
  try {
    await waitUntilReady(options, first);
  } catch (error) {
    await first.stop();
    throw error;
  }
  const onStarted = async (part: Part): Promise<void> => await record.setPid('manager', part.pid);
  return await Supervised.start({ name: 'the manager', first, start, onStarted, report });
}

async function waitUntilReady(options: ManagerOptions, part: Part): Promise<void> {
  const url = `${urlOf(options.address)}/readyz`;
  let ended = false;
  void part.gone.then(() => (ended = true));
  const end = Date.now() + readyTimeoutMs;
  for (;;) {
    const answer = await ask(url);
    options.signal.throwIfAborted();
    if (ended) throw await startFailed(options.logFile, 'it ended before it was ready');
    if (answer === '200') return;
    if (Date.now() > end)
      throw await startFailed(options.logFile, `for ${readyTimeoutMs / 1000} s ${url} said ${answer}`);
    await delay(25);
  }
}

/** The status, or in words why there is none. */
async function ask(url: string): Promise<string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(3000) });
    const body = await response.text();
    return response.status === 200 ? '200' : `${response.status} ${body.slice(0, 500)}`;
  } catch {
    return 'nothing';
  }
}

async function startFailed(logFile: string, found: string): Promise<Error> {
  const log = await lastLines(logFile);
  // A program that gives up says why on one line that opens with its name; a stack trace may follow.
  const last = log.findLast((line) => line.startsWith('plimsoll: ')) ?? log.at(-1) ?? '';
  return embeddedError('part_start_failed', {
    message: `the manager did not start: ${found}; its log says: ${last}`,
    hint: `Read ${logFile}, mend what it names, and start again.`,
    details: { log },
  });
}
