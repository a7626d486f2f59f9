import { withDeadline } from '../../base/index.ts';

/** A reading takes two seconds at most, and GET /api/admin/release is to answer within three. */
const defaultPatienceMs = 2000;

/** Whether a manager that has just started has looked around itself yet. */
export interface FirstReading {
  /** It has, or is no longer waited for. */
  isOver(): boolean;
  /** Resolves when it is over; at once ever after. */
  over(): Promise<void>;
  /** Waits for what is read first, not longer than its patience; never throws. */
  follow(reading: Promise<unknown>): Promise<void>;
  /** Lets go of whoever waits. */
  end(): void;
}

/**
 * A manager that has read nothing keeps its gate closed, and would turn away what any other manager answers. Requests get to it
 * nevertheless: HAProxy takes a server for up from the moment it knows its name until its first check, nginx and a name
 * with several addresses check nothing. So whoever is signed in, and every scanner, waits for the first reading, which takes a
 * tenth of a second, and two seconds at most while databases hang. What is public waits for nothing: `/livez`, `/readyz`,
 * sign-in and the pages are there from the first instant.
 *
 * Rejected: to listen only when it is over (a port that is taken would be found after databases were written to, and
 * break-glass would be as late as the slowest database); to have the proxy ask another manager (it may not do so with a
 * POST, and every proxy there is would have to be taught).
 */
export function createFirstReading(patienceMs = defaultPatienceMs): FirstReading {
  const { promise, resolve } = Promise.withResolvers<void>();
  let isOver = false;
  const end = (): void => {
    isOver = true;
    resolve();
  };
  return {
    isOver: () => isOver,
    over: async () => await promise,
    follow: async (reading) => {
      await withDeadline(patienceMs, async () => await reading).catch(() => undefined);
      end();
    },
    end,
  };
}
