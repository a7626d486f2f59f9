import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../base/index.ts';
import { embeddedError } from '../errors.ts';
import { lastLines, openLogFile } from '../log-file.ts';
import { exitOf } from '../processes.ts';
import type { Account } from './account.ts';
import type { Binaries } from './binaries.ts';
import { diskFull, homeError, type ClusterHome } from './home.ts';
import { spawnWithLifeline, type LifelinedServer } from './lifeline.ts';
import { readPostmasterFile, stopServer } from './postmaster.ts';
import { serverArguments, type ServerSettings } from './server-settings.ts';

export interface ServerOptions {
  readonly home: ClusterHome;
  readonly binaries: Binaries;
  readonly account: Account | undefined;
  readonly settings: ServerSettings;
  readonly readyTimeoutMs: number;
}

/** A server that accepts connections. */
export interface Server {
  readonly pid: number;
  /** Settles when the server process is gone, whoever ended it; with its exit code, null if it died of a signal. */
  readonly gone: Promise<number | null>;
  stop(): Promise<void>;
}

/** Starts the server of an initialised cluster and waits until it is ready. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const lifeline = await spawnServer(options);
  // Subscribed before anything is awaited: a server that fails at once must not slip through.
  const gone = exitOf(lifeline.shell);
  const pid = await lifeline.pid.catch((error: unknown) => error);
  if (typeof pid !== 'number') throw await startFailed(options.home, messageOf(pid));
  await waitUntilReady(options, pid, gone);
  const end = async (): Promise<void> => {
    lifeline.release();
    await stopServer(options.home.cluster, pid);
    await gone;
  };
  // When only the shell was killed the server is brought down too: it must not run on without its lifeline.
  const ended = gone.then(async (code) => {
    await end();
    return code;
  });
  return { pid, gone: ended, stop: end };
}

async function spawnServer(options: ServerOptions): Promise<LifelinedServer> {
  const { home, binaries, account, settings } = options;
  const log = await openLogFile(home.logFile).catch((error: unknown) => {
    throw homeError(home.directory, error);
  });
  try {
    return spawnWithLifeline([binaries.postgres, ...serverArguments(home, settings)], account, log.fd);
  } finally {
    await log.close();
  }
}

async function waitUntilReady(options: ServerOptions, pid: number, gone: Promise<unknown>): Promise<void> {
  const { home, readyTimeoutMs } = options;
  let ended = false;
  void gone.then(() => (ended = true));
  const end = Date.now() + readyTimeoutMs;
  for (;;) {
    const file = await readPostmasterFile(home.cluster);
    // The file may still be that of a server that was killed; only our own process counts.
    if (file?.pid === pid && file.status === 'ready') return;
    if (ended) throw await startFailed(home, 'it ended before it was ready');
    if (Date.now() > end) {
      await stopServer(home.cluster, pid);
      throw await startTimeout(home, readyTimeoutMs);
    }
    await delay(10);
  }
}

async function startFailed(home: ClusterHome, found: string): Promise<Error> {
  const lines = await lastLines(home.logFile);
  if (lines.some((line) => line.includes('No space left on device'))) return diskFull(home.directory, lines.join('\n'));
  const reason = lines.findLast((line) => /FATAL|PANIC|error/i.test(line))?.replace(/^.*?(FATAL|PANIC): +/, '');
  return embeddedError('embedded_start_failed', {
    message: `the embedded Postgres did not start: ${reason ?? found}`,
    hint: `Read the end of ${home.logFile}, mend what it names, and start again.`,
    details: { log: lines },
  });
}

async function startTimeout(home: ClusterHome, timeoutMs: number): Promise<Error> {
  return embeddedError('embedded_start_timeout', {
    message: `the embedded Postgres was not ready after ${timeoutMs / 1000} s`,
    hint: `Read the end of ${home.logFile}; if it was recovering, start again and it goes on from there.`,
    details: { log: await lastLines(home.logFile) },
  });
}
