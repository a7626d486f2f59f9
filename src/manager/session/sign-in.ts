import { randomUUID, timingSafeEqual } from 'node:crypto';
import {
  hashPassword,
  hashToken,
  isPassword,
  readUserWithPassword,
  type UserWithPassword,
} from '../../accounts/index.ts';
import { Secret, withDeadline, type AppError, type Clock } from '../../base/index.ts';
import type { SignIn } from '../../contract/index.ts';
import type { Database } from '../../postgres/index.ts';
import { managerError } from '../errors.ts';
import type { Directory } from './directory.ts';
import { createLimiter, networkOf } from './limiter.ts';
import { fingerprintOf, type SealedSession } from './sealed.ts';
import { createTurnstile } from './turnstile.ts';

export interface SignInDeps {
  readonly config: Database;
  readonly clock: Clock;
  readonly directory: Directory;
  readonly recoveryToken: Secret | undefined;
  /** Has the first user made, if it is missing. */
  readonly makeReady: () => Promise<void>;
}

/** Checks credentials and gives the session to seal. */
export type SignInService = (credentials: SignIn, address: string) => Promise<SealedSession>;

const minuteMs = 60_000;
const readDeadlineMs = 2000;

/**
 * The sign-in service. Throws credentials_refused, too_many_attempts, sign_in_unavailable, busy; settles within 3 s.
 * Only failures are counted, and always together with the network address they come from: nobody can lock
 * the admin out from elsewhere.
 */
export function createSignIn(deps: SignInDeps): SignInService {
  const byAddress = createLimiter({ burst: 20, windowMs: minuteMs, clock: deps.clock });
  const byName = createLimiter({ burst: 5, windowMs: minuteMs, clock: deps.clock });
  // argon2 runs on libuv's four threads: two are left for everything else.
  const turnstile = createTurnstile({ running: 2, waiting: 30 });
  const decoy = hashPassword(new Secret(randomUUID()));

  return async (credentials, address) => {
    const network = networkOf(address);
    const name = 'username' in credentials ? credentials.username.toLowerCase() : '';
    const attempt = countAttempt([
      { limiter: byAddress, key: network },
      { limiter: byName, key: `${network} ${'username' in credentials ? 'user' : 'recovery'} ${name}` },
    ]);
    if ('recoveryToken' in credentials) {
      const sealed = recover(deps, credentials.recoveryToken);
      attempt.forgive();
      return sealed;
    }
    const user = await readUser(deps, credentials.username).catch((error: unknown) => {
      attempt.forgive();
      throw error;
    });
    const password = new Secret(credentials.password);
    // An unknown name costs the same work as a known one, so that time does not tell them apart.
    const matches = await turnstile.pass(async () => await isPassword(password, user?.passwordHash ?? (await decoy)));
    if (matches === undefined) attempt.forgive();
    if (matches === undefined) throw busy();
    if (!matches || user === undefined || user.disabled) throw refused();
    attempt.forgive();
    deps.directory.note(user);
    const { id: userId, username, role, sessionEpoch: epoch } = user;
    return { method: 'password', userId, username, role, epoch, issuedAt: deps.clock.now().getTime() };
  };
}

type Limited = { readonly limiter: ReturnType<typeof createLimiter>; readonly key: string };

/** Spends one attempt of each limit before the work, so that many at once cannot slip through; a success hands it back. */
function countAttempt(limits: readonly Limited[]): { forgive: () => void } {
  const taken: Limited[] = [];
  const forgive = (): void => {
    for (const { limiter, key } of taken.splice(0)) limiter.give(key);
  };
  for (const limit of limits) {
    const waitSeconds = limit.limiter.take(limit.key);
    if (waitSeconds !== null) {
      forgive();
      throw tooManyAttempts(waitSeconds);
    }
    taken.push(limit);
  }
  return { forgive };
}

async function readUser(deps: SignInDeps, username: string): Promise<UserWithPassword | undefined> {
  try {
    return await withDeadline(readDeadlineMs, async () => {
      // Somebody is quicker than the background work of a manager that has just started.
      if ((deps.directory.reading()?.users.size ?? 0) === 0) await deps.makeReady();
      return await readUserWithPassword(deps.config, username);
    });
  } catch (error) {
    throw signInUnavailable(deps.recoveryToken !== undefined, error);
  }
}

function recover(deps: SignInDeps, given: string): SealedSession {
  // Hashes have one length, so the comparison takes the same time whatever was given.
  const matches =
    deps.recoveryToken !== undefined && timingSafeEqual(hashToken(given), hashToken(deps.recoveryToken.reveal()));
  if (!matches || deps.recoveryToken === undefined) throw refused();
  return { method: 'recovery', token: fingerprintOf(deps.recoveryToken), issuedAt: deps.clock.now().getTime() };
}

function refused(): AppError {
  return managerError('credentials_refused', {
    message: 'the credentials were not accepted',
    hint: 'Check the name and the password; `plimsoll user passwd NAME` sets a new one. A recovery token must be the RECOVERY_TOKEN the manager was started with.',
  });
}

/** For sign-in and for tokens: the config database cannot be read. */
export function signInUnavailable(hasRecovery: boolean, cause?: unknown): AppError {
  return managerError('sign_in_unavailable', {
    message: 'the config database, which holds users and tokens, cannot be read now',
    hint: hasRecovery
      ? 'Sign in with the recovery token (RECOVERY_TOKEN of the manager): it is read-only and works without the config database.'
      : 'Start the config database. To get in without it, set RECOVERY_TOKEN and restart the manager.',
    details: { recovery: hasRecovery },
    cause,
  });
}

/** For sign-in and for tokens: this network address has used up its attempts. */
export function tooManyAttempts(waitSeconds: number): AppError {
  return managerError('too_many_attempts', {
    message: 'too many attempts failed from this network address',
    hint: `Wait ${waitSeconds} s, then try again.`,
    details: { retryAfterSeconds: waitSeconds },
  });
}

function busy(): AppError {
  return managerError('busy', {
    message: 'too many sign-ins are being checked at once',
    hint: 'Wait 1 s, then try again.',
    details: { retryAfterSeconds: 1 },
  });
}
