import type { Logger } from 'pino';
import {
  hashToken,
  isTokenText,
  readLiveToken,
  readLiveTokens,
  readStandings,
  type LiveToken,
  type UserStanding,
} from '../../accounts/index.ts';
import { messageOf, withDeadline, type Clock } from '../../base/index.ts';
import type { Database } from '../../postgres/index.ts';

/** Users and tokens as they were at one moment. */
export interface DirectoryReading {
  /** When the reading began. */
  readonly readAt: Date;
  readonly users: ReadonlyMap<string, UserStanding>;
  /** By the base64 of the token's hash. */
  readonly tokens: ReadonlyMap<string, LiveToken>;
}

/** `unreadable`: not in memory, and the config database cannot be asked. `limited`: this caller asked too often. */
export type TokenOutcome =
  | { readonly kind: 'found'; readonly token: LiveToken }
  | { readonly kind: 'unknown' | 'unreadable' | 'limited' };

/** Who may sign in, kept in memory and refreshed in the background, so that no request waits to learn it. */
export interface Directory {
  reading(): DirectoryReading | null;
  /** Reads anew, within its deadline; keeps the old reading when that fails. True when it was read. */
  refresh(): Promise<boolean>;
  /** Takes in one user who was read just now, at sign-in. */
  note(user: UserStanding): void;
  /** The live token with this text. A miss asks the database, if `mayAsk` says so, within the deadline. */
  findToken(text: string, mayAsk: () => boolean): Promise<TokenOutcome>;
}

export interface DirectoryDeps {
  readonly config: Database;
  readonly clock: Clock;
  readonly log: Logger;
}

const deadlineMs = 2000;
const unknownForMs = 10_000;
const unknownsKept = 10_000;
const questionsAtOnce = 2;

/** A directory that has read nothing yet. */
export function createDirectory({ config, clock, log }: DirectoryDeps): Directory {
  let reading: DirectoryReading | null = null;
  let readable: boolean | undefined;
  let questions = 0;
  const unknown = new Map<string, number>();
  // Learned while a refresh is under way: its reading may be older than these and must not undo them.
  const learned = { users: new Map<string, UserStanding>(), tokens: new Map<string, LiveToken>() };

  async function refresh(): Promise<boolean> {
    const readAt = clock.now();
    learned.users.clear();
    learned.tokens.clear();
    try {
      const [users, tokens] = await withDeadline(
        deadlineMs,
        async () => await Promise.all([readStandings(config), readLiveTokens(config)]),
      );
      reading = {
        readAt,
        users: new Map([...users.map((user) => [user.id, user] as const), ...learned.users]),
        tokens: new Map([...tokens.map((token) => [token.hash.toString('base64'), token] as const), ...learned.tokens]),
      };
      if (readable === false) log.info({}, 'the config database can be read again: users and tokens are up to date');
      readable = true;
    } catch (error) {
      if (readable !== false)
        log.warn({ reason: messageOf(error) }, 'users and tokens cannot be read; going on with what is known');
      readable = false;
    }
    return readable;
  }

  async function ask(hash: Buffer, key: string): Promise<TokenOutcome> {
    questions += 1;
    try {
      const token = await withDeadline(deadlineMs, async () => await readLiveToken(config, hash));
      if (token === undefined) {
        remember(unknown, key, clock.now().getTime() + unknownForMs);
        return { kind: 'unknown' };
      }
      learned.tokens.set(key, token);
      if (reading !== null) reading = { ...reading, tokens: new Map(reading.tokens).set(key, token) };
      return { kind: 'found', token };
    } catch {
      return { kind: 'unreadable' };
    } finally {
      questions -= 1;
    }
  }

  return {
    reading: () => reading,
    refresh,
    note: (user) => {
      learned.users.set(user.id, user);
      if (reading !== null) reading = { ...reading, users: new Map(reading.users).set(user.id, user) };
    },
    findToken: async (text, mayAsk) => {
      if (!isTokenText(text)) return { kind: 'unknown' };
      const hash = hashToken(text);
      const key = hash.toString('base64');
      const now = clock.now();
      const known = reading?.tokens.get(key);
      if (known !== undefined) return isLive(known, now) ? { kind: 'found', token: known } : { kind: 'unknown' };
      if ((unknown.get(key) ?? 0) > now.getTime()) return { kind: 'unknown' };
      if (readable === false) return { kind: 'unreadable' };
      if (!mayAsk() || questions >= questionsAtOnce) return { kind: 'limited' };
      return await ask(hash, key);
    },
  };
}

function isLive(token: LiveToken, now: Date): boolean {
  return token.expiresAt === null || token.expiresAt > now;
}

function remember(unknown: Map<string, number>, key: string, until: number): void {
  const [oldest] = unknown.keys();
  if (unknown.size >= unknownsKept && oldest !== undefined) unknown.delete(oldest);
  unknown.set(key, until);
}
