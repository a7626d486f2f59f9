import type { Logger } from 'pino';
import { noteTokenUse } from '../../accounts/index.ts';
import { messageOf, withDeadline, type Clock } from '../../base/index.ts';
import type { Database } from '../../postgres/index.ts';

/** Remembers when API tokens were used, and writes it down now and then: no request waits for that. */
export interface TokenUse {
  note(hash: Buffer): void;
  /** Writes what was noted, each token at most once a minute; what cannot be written is left to the next time. */
  flush(): Promise<void>;
}

export interface TokenUseDeps {
  readonly config: Database;
  readonly clock: Clock;
  readonly log: Logger;
}

const deadlineMs = 2000;
const pauseMs = 60_000;

/** Nothing noted yet. */
export function createTokenUse({ config, clock, log }: TokenUseDeps): TokenUse {
  const noted = new Map<string, Date>();
  const written = new Map<string, Date>();

  async function write(key: string, usedAt: Date): Promise<void> {
    await noteTokenUse(config, Buffer.from(key, 'base64'), usedAt);
    written.set(key, usedAt);
    if (noted.get(key) === usedAt) noted.delete(key);
  }

  return {
    note: (hash) => {
      const key = hash.toString('base64');
      const now = clock.now();
      if (now.getTime() - (written.get(key)?.getTime() ?? 0) >= pauseMs) noted.set(key, now);
    },
    flush: async () => {
      try {
        await withDeadline(deadlineMs, async () => {
          for (const [key, usedAt] of noted) await write(key, usedAt);
        });
      } catch (error) {
        // Nothing hangs on it: an older schema has no place for it, and a database that is down is told elsewhere.
        log.debug({ reason: messageOf(error) }, 'the last use of API tokens cannot be written now');
      }
    },
  };
}
