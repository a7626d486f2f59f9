import type { Logger } from 'pino';
import { addFirstUser, checkPassword, generatePassword } from '../../accounts/index.ts';
import { AppError, messageOf, withDeadline, type Clock, type Secret } from '../../base/index.ts';
import type { Database } from '../../postgres/index.ts';
import type { FirstUser } from '../types.ts';

export interface FirstUserDeps {
  readonly config: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly adminPassword: Secret | undefined;
  readonly announceFirstUser: (user: FirstUser) => void;
}

const username = 'admin';
const deadlineMs = 5000;

/**
 * Makes the user `admin` in an empty users table, with ADMIN_PASSWORD or a generated password; true if made now.
 * Any number of replicas may try: one makes it, and only that one announces it. False also when the tables are
 * not there yet, or the database went away: the caller comes again.
 */
export async function ensureFirstUser(deps: FirstUserDeps): Promise<boolean> {
  const generated = deps.adminPassword === undefined ? generatePassword() : undefined;
  const password = deps.adminPassword ?? generated ?? generatePassword();
  const by = { database: deps.config, clock: deps.clock, actor: { name: 'manager', method: 'system' as const } };
  try {
    const made = await withDeadline(deadlineMs, async () => await addFirstUser(by, { username, password }));
    if (!made) return false;
  } catch (error) {
    deps.log.debug({ reason: messageOf(error) }, 'the first user cannot be made yet');
    return false;
  }
  deps.announceFirstUser({ username, password: generated });
  deps.log.info({ username, generated: generated !== undefined }, 'made the first user');
  warnIfWeak(deps.log, password);
  return true;
}

function warnIfWeak(log: Logger, password: Secret): void {
  try {
    checkPassword(password, username);
  } catch (error) {
    if (error instanceof AppError) log.warn({ code: error.code }, `ADMIN_PASSWORD is weak: ${error.message}`);
  }
}
