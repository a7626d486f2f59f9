import { access, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { insertAuditEvent } from '../accounts/index.ts';
import { messageOf, shellWord, type Secret } from '../base/index.ts';
import { settings } from '../settings/index.ts';
import { urlOf, type Address } from './address.ts';
import { withConfigDatabase } from './config-database.ts';
import { lastWords } from './log-file.ts';
import { spawnProgram, type Part } from './part.ts';
import { askReadiness } from './readiness.ts';
import type { StackRecord } from './stack-record.ts';
import { Supervised } from './supervisor.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface ScannerOptions {
  /** The command line of the scanner. */
  readonly command: readonly string[];
  /** The caller's environment; the scanner gets what in it is a scanner's business. */
  readonly environment: Environment;
  /** Of the manager. */
  readonly address: Address;
  readonly dataDir: string;
  /** Where its enrolment token is made, with the manager's own role. */
  readonly configUrl: Secret;
  readonly record: StackRecord;
  readonly report: (line: string) => void;
}

/** Exit code of a scanner whose credential or token the manager refuses; going on makes no sense then. */
const refusedExitCode = 3;
const tokenSeconds = 600;
const mostRefusedTokens = 3;
const madeBy = 'plimsoll up';
const localScanner = { note: 'the local scanner', maxUses: 1 } as const;
const pollMs = 250;
const longestPauseMs = 10_000;

/**
 * Runs the stack's own scanner, from when the manager first says that it is ready; the stack does not wait for it.
 * On its first start it is given an enrolment token, from then on it has its credential; one that the config database does
 * not know, as after a restore, is put aside, and it enrols again. Gives how to stop it.
 */
export function startLocalScanner(options: ScannerOptions): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const supervised = bringUp(options, stopping.signal);
  return {
    stop: async () => {
      stopping.abort();
      await (await supervised)?.stop();
    },
  };
}

/** Undefined: stopped before it could be started. */
async function bringUp(options: ScannerOptions, signal: AbortSignal): Promise<Supervised | undefined> {
  const pause = async (ms: number): Promise<void> => await delay(ms, undefined, { signal }).catch(() => undefined);
  let told = '';
  let pauseMs = pollMs;
  while (!signal.aborted) {
    try {
      if ((await askReadiness(options.address)).state === 'ready' && !signal.aborted) return await launch(options);
      pauseMs = pollMs;
    } catch (error) {
      const line = `the local scanner could not be started, and is being retried: ${messageOf(error)}`;
      if (line !== told) options.report(line);
      told = line;
      pauseMs = Math.min(pauseMs * 2, longestPauseMs);
    }
    await pause(pauseMs);
  }
  return undefined;
}

async function launch(options: ScannerOptions): Promise<Supervised> {
  const { record, report } = options;
  const start = async (): Promise<Part> => await spawnScanner(options);
  const canEnrolAgain = enrolmentAgain(options);
  return await Supervised.start({
    name: 'the local scanner',
    first: await start(),
    start,
    onStarted: async (part) => await record.setPid('scanner', part.pid),
    giveUp: async (exitCode) => {
      if (exitCode !== refusedExitCode || (await canEnrolAgain())) return undefined;
      // Only a note for other terminals: it must not keep the sentence below from being said.
      await record.setPid('scanner', null).catch(() => undefined);
      return await refused(options);
    },
    report,
  });
}

async function spawnScanner(options: ScannerOptions): Promise<Part> {
  const { command, dataDir, configUrl } = options;
  const token = (await isEnrolled(dataDir)) ? undefined : await makeToken(configUrl);
  const environment = scannerEnvironment(options.environment, { ...options, token });
  return await spawnProgram({ command, environment, logFile: logFileIn(dataDir) });
}

async function isEnrolled(dataDir: string): Promise<boolean> {
  return await access(credentialIn(dataDir)).then(
    () => true,
    () => false,
  );
}

/**
 * Decides whether a refused scanner may begin anew: its credential is not known, because the config database was exchanged for
 * one that a backup held. One that was revoked stays revoked. While the database cannot be asked it is tried again; a token
 * that was refused, a few times, since an exchange may have come between.
 */
function enrolmentAgain({ dataDir, configUrl, report }: ScannerOptions): () => Promise<boolean> {
  let refusedTokens = 0;
  return async () => {
    try {
      const scannerId = await scannerIdIn(dataDir);
      if (scannerId === undefined) return (refusedTokens += 1) <= mostRefusedTokens;
      if (await isRevoked(configUrl, scannerId)) return false;
      report('the manager does not know the credential of the local scanner, as after a restore: it enrols again');
      await rename(credentialIn(dataDir), `${credentialIn(dataDir)}.unknown`);
    } catch (error) {
      report(`it could not be looked up why the manager refuses the local scanner: ${messageOf(error)}`);
    }
    return true;
  };
}

const credentialSchema = z.object({ scannerId: z.uuid() });

/** Undefined before it has enrolled. */
async function scannerIdIn(dataDir: string): Promise<string | undefined> {
  if (!(await isEnrolled(dataDir))) return undefined;
  return credentialSchema.parse(JSON.parse(await readFile(credentialIn(dataDir), 'utf8'))).scannerId;
}

async function isRevoked(configUrl: Secret, scannerId: string): Promise<boolean> {
  return await withConfigDatabase(configUrl, async (config) => {
    const rows = await config.query('select from scanners where id = $1 and revoked_at is not null', [scannerId]);
    return rows.length > 0;
  });
}

/** Makes the token and, in the same transaction, its line in the audit log. */
async function makeToken(configUrl: Secret): Promise<Secret> {
  // Only here, on a first start: the fleet brings the job queue with it, dearer to load than the rest of the stack.
  const { createEnrolmentToken } = await import('../fleet/index.ts');
  const { note, maxUses } = localScanner;
  const token = { note, maxUses, madeBy, validSeconds: tokenSeconds };
  return await withConfigDatabase(
    configUrl,
    async (config) =>
      await config.transaction(async (transaction) => {
        const { text, row } = await createEnrolmentToken(transaction, token);
        await insertAuditEvent(transaction, {
          happenedAt: row.madeAt,
          actor: madeBy,
          actorMethod: 'command',
          action: 'enrolment_token.created',
          subject: row.id,
          details: { note, maxUses, expiresAt: row.expiresAt.toISOString() },
          requestId: null,
        });
        return text;
      }),
  );
}

export interface ScannerFacts {
  readonly address: Address;
  readonly dataDir: string;
  /** For its first start; undefined once it has its credential. */
  readonly token: Secret | undefined;
}

/**
 * The scanner's environment: of the settings in the caller's only those that shape a scanner, because the secrets of
 * the manager and of the databases are none of its business.
 */
export function scannerEnvironment(caller: Environment, { address, dataDir, token }: ScannerFacts): Environment {
  const isPassed = (name: string): boolean => name.startsWith('SCANNER_') || name === 'LOG_LEVEL';
  const withheld = Object.keys(settings).filter((name) => !isPassed(name));
  const own = {
    SCANNER_MANAGER_URL: urlOf(address),
    SCANNER_NAME: 'local',
    SCANNER_STATE_DIR: stateDirIn(dataDir),
    SCANNER_ENROLMENT_TOKEN: token?.reveal(),
  };
  const names = [...withheld, ...withheld.map(fileOf), ...Object.keys(own).map(fileOf)];
  return { ...caller, ...Object.fromEntries(names.map((name) => [name, undefined])), ...own };
}

function fileOf(name: string): string {
  return `${name}_FILE`;
}

function stateDirIn(dataDir: string): string {
  return join(dataDir, 'scanner');
}

function credentialIn(dataDir: string): string {
  return join(stateDirIn(dataDir), 'credential.json');
}

function logFileIn(dataDir: string): string {
  return join(dataDir, 'scanner.log');
}

async function refused({ dataDir }: ScannerOptions): Promise<string> {
  const why = (await lastWords(logFileIn(dataDir))).replace(/^plimsoll: /, '');
  return `the manager refuses the local scanner, so it is not started again: ${why}; for a new one stop the stack, \`rm -r ${shellWord(stateDirIn(dataDir))}\`, and start again`;
}
