import { setTimeout as sleep } from 'node:timers/promises';
import { withDeadline, type Service } from '../../base/index.ts';
import type { AuditTrail } from './audit-trail.ts';
import type { Directory } from './directory.ts';
import type { TokenUse } from './token-use.ts';

export interface KeeperDeps {
  readonly directory: Directory;
  readonly audit: AuditTrail;
  readonly tokenUse: TokenUse;
  /** Makes the first user if there is none; true if it was made now. */
  readonly ensureFirstUser: () => Promise<boolean>;
  /** Takes in the token of the scanner that is deployed along; true when there is nothing left to do about it. */
  readonly admitToken: () => Promise<boolean>;
  readonly intervalMs: number;
}

const lastFlushMs = 2000;

/** The background work, and a way to have it done now. */
export interface Keeper extends Service {
  /** Does the work once; callers who come while it is being done share that. Never throws. */
  round(): Promise<void>;
}

/**
 * The manager's background work on the config database: keeps the directory of users fresh, makes the first user
 * and takes in the first scanner's token once the tables are there, writes audit events that could not be written at once,
 * and notes when tokens were used.
 */
export function createKeeper(deps: KeeperDeps): Keeper {
  const stopped = new AbortController();
  let loop: Promise<void> | undefined;
  let current: Promise<void> | undefined;
  let hasToken = false;

  async function work(): Promise<void> {
    if (!(await deps.directory.refresh())) return;
    if (deps.directory.reading()?.users.size === 0 && (await deps.ensureFirstUser())) await deps.directory.refresh();
    hasToken ||= await deps.admitToken();
    await deps.audit.flush();
    await deps.tokenUse.flush();
  }

  async function round(): Promise<void> {
    current ??= work().finally(() => {
      current = undefined;
    });
    await current;
  }

  async function run(): Promise<void> {
    while (!stopped.signal.aborted) {
      await round();
      await sleep(deps.intervalMs, undefined, { signal: stopped.signal, ref: false }).catch(() => undefined);
    }
  }

  return {
    round,
    start: async () => {
      loop ??= run();
      await Promise.resolve();
    },
    stop: async () => {
      stopped.abort();
      await loop;
      await withDeadline(lastFlushMs, async () => {
        await deps.audit.flush();
      }).catch(() => undefined);
    },
  };
}
