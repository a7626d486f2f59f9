import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Secret } from '../base/index.ts';
import { databaseNames, type DatabaseName } from '../contract/index.ts';
import { claimAddress, urlOf, type Address } from './address.ts';
import { lastWords } from './log-file.ts';
import { spawnProgram, type Part } from './part.ts';
import type { StackRecord } from './stack-record.ts';
import { Supervised } from './supervisor.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface BackupFacts {
  readonly address: Address;
  readonly dataDir: string;
  readonly token: Secret;
  readonly readonlyUrls: Readonly<Record<DatabaseName, Secret>>;
  readonly proveUrl: Secret;
  /** How the migrator is started on this stack, for the commands that are shown. */
  readonly migratorCommand: string;
}

/** Secrets and settings of other parts, which are none of the backup service's business. */
const withheld = [
  'SESSION_SECRET',
  'ADMIN_PASSWORD',
  'RECOVERY_TOKEN',
  'SCANNER_ENROLMENT_TOKEN',
  'BACKUP_SERVICE_URL',
];

/**
 * The backup service's environment: the caller's, with the stack's own databases, in the role that only reads, in place of
 * whatever it says about those. Where bundles are kept and when they are taken stays as the caller says.
 */
export function backupEnvironment(caller: Environment, facts: BackupFacts): Environment {
  const own: Record<string, string | undefined> = {
    ...Object.fromEntries(withheld.map((name) => [name, undefined])),
    BACKUP_HOST: facts.address.host,
    BACKUP_PORT: String(facts.address.port),
    BACKUP_SERVICE_TOKEN: facts.token.reveal(),
    BACKUP_DIR: given(caller['BACKUP_DIR']) ?? join(facts.dataDir, 'backups'),
    DATA_DIR: facts.dataDir,
    MIGRATOR_COMMAND: facts.migratorCommand,
  };
  for (const name of databaseNames) {
    const setting = `${name.toUpperCase()}_DATABASE_URL`;
    own[`BACKUP_${setting}`] = facts.readonlyUrls[name].reveal();
    own[`MIGRATOR_${setting}`] = undefined;
    own[setting] = undefined;
  }
  if (
    given(caller['BACKUP_PROVE_DATABASE_URL']) === undefined &&
    given(caller['BACKUP_PROVE_DATABASE_URL_FILE']) === undefined
  )
    own['BACKUP_PROVE_DATABASE_URL'] = facts.proveUrl.reveal();
  const files = Object.keys(own)
    .filter((name) => name !== 'BACKUP_PROVE_DATABASE_URL')
    .map((name) => [`${name}_FILE`, undefined]);
  return { ...caller, ...Object.fromEntries(files), ...own };
}

function given(text: string | undefined): string | undefined {
  return text === undefined || text === '' ? undefined : text;
}

export interface BackupOptions {
  /** The command line of the backup service. */
  readonly command: readonly string[];
  /** The caller's environment. */
  readonly environment: Environment;
  readonly facts: Omit<BackupFacts, 'address'>;
  readonly record: StackRecord;
  readonly report: (line: string) => void;
}

/** The backup service of a stack, kept running from here on. */
export interface StackBackup {
  readonly url: string;
  /** Settles when it is ready for the first time, or that took too long, which the operator has been told. */
  readonly answered: Promise<void>;
  stop(): Promise<void>;
}

const answerTimeoutMs = 10_000;

/**
 * Starts the backup service on a free port of this machine. The stack does not need it to run: one that cannot start is
 * told about and tried again, as any part that ended.
 */
export async function startBackup(options: BackupOptions): Promise<StackBackup> {
  const { command, record, report, facts } = options;
  const address = await claimAddress({ host: '127.0.0.1', port: 0 });
  const environment = backupEnvironment(options.environment, { ...facts, address });
  const logFile = join(facts.dataDir, 'backup.log');
  const start = async (): Promise<Part> => await spawnProgram({ command, environment, logFile });
  const stopping = new AbortController();
  const supervised = await Supervised.start({
    name: 'the backup service',
    first: await start(),
    start,
    onStarted: async (part) => await record.setPid('backup', part.pid),
    report,
  });
  const url = urlOf(address);
  const answered = waitUntilAnswered(url, stopping.signal, async () => {
    report(`the backup service is not ready yet: ${await lastWords(logFile)}; its log is ${logFile}`);
  });
  return {
    url,
    answered,
    stop: async () => {
      stopping.abort();
      await supervised.stop();
      await answered;
    },
  };
}

async function waitUntilAnswered(url: string, signal: AbortSignal, late: () => Promise<void>): Promise<void> {
  const end = Date.now() + answerTimeoutMs;
  while (!signal.aborted) {
    try {
      const response = await fetch(`${url}/readyz`, { signal: AbortSignal.any([signal, AbortSignal.timeout(2000)]) });
      await response.body?.cancel();
      if (response.status === 200) return;
    } catch {
      // Not yet.
    }
    if (Date.now() > end) return await late();
    await delay(25, undefined, { signal }).catch(() => undefined);
  }
}
