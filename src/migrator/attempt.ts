import { setTimeout as delay } from 'node:timers/promises';
import { codeOf, sqlState, type PostgresClient } from '../postgres/index.ts';
import { watchBlockers, type Blocker } from './blockers.ts';
import type { MigratorEvent } from './events.ts';
import { describeFailure, describeLockTimeout } from './failure.ts';
import { freshSessionSql } from './fresh-session.ts';
import { dropInvalidIndex } from './leftovers.ts';
import type { Actor } from './records.ts';
import type { Session } from './session.ts';
import type { MigrationDefinition } from './types.ts';

/** How long a migration may wait and run. */
export interface Patience {
  /** For one wait for a table lock. */
  readonly lockTimeoutMs: number;
  /** For one statement; 0 sets no limit. */
  readonly statementTimeoutMs: number;
  /** How often a migration is tried that gets no lock. */
  readonly lockAttempts: number;
  /** For the migrator's own lock while another migrator has it. */
  readonly waitTimeoutMs: number;
}

export interface ApplyContext {
  readonly session: Session;
  readonly actor: Actor;
  readonly patience: Patience;
  readonly onEvent: (event: MigratorEvent) => void;
  /** How the migrator is started in this deployment, for the hints; undefined for compose. */
  readonly migratorCommand: string | undefined;
  readonly observer?: MigrationObserver | undefined;
}

/** Looks on while migrations are applied, and measures them. */
export interface MigrationObserver {
  /** Called before a migration, with the server's process id of the session that is going to apply it. */
  before(migration: MigrationDefinition, processId: number): Promise<void>;
  /** One statement that the session runs at the end of the transaction; its rows have a column `observed`. */
  inspectSql(database: MigrationDefinition['database']): string;
  /** Called after it, with its duration by the ledger and what the statement gave. */
  after(migration: MigrationDefinition, durationMs: number, observed: unknown): Promise<void>;
}

/** SQL around a migration's own, and how many statements stand before it. */
export interface Wrapping {
  readonly prefix: string;
  readonly prefixStatements: number;
  readonly suffix: string;
}

/**
 * Sends a migration in one text, and again with back-off when it gets no table lock or loses a deadlock: so it never queues
 * the application behind itself for long. Gives the server's answers; throws the error that says what failed where.
 */
export async function attemptMigration(
  context: ApplyContext,
  migration: MigrationDefinition,
  wrap: Wrapping,
): Promise<unknown> {
  const first = await tryOnce(context, migration, wrap);
  if (first !== 'contention') return first.answers;
  // Whoever is in the way is looked for only now: a migration that gets its locks pays nothing for it.
  await using watch = watchBlockers(context.session, Math.ceil(context.patience.lockTimeoutMs / 8));
  for (let tries = 1; tries < context.patience.lockAttempts; tries += 1) {
    await stepBack(context, migration, watch.seen(), tries);
    const next = await tryOnce(context, migration, wrap);
    if (next !== 'contention') return next.answers;
  }
  const { patience, migratorCommand } = context;
  throw describeLockTimeout(migration, { blockers: watch.seen(), attempts: patience.lockAttempts, migratorCommand });
}

async function stepBack(
  { session, patience, onEvent }: ApplyContext,
  migration: MigrationDefinition,
  blockers: readonly Blocker[],
  tries: number,
): Promise<void> {
  const { database, version, name } = migration;
  onEvent({ kind: 'retrying', database, version, name, attempt: tries + 1, blockers });
  if (!migration.transactional) await dropInvalidIndex(session.client, migration);
  await delay(backOffMs(tries, patience.lockTimeoutMs));
}

/** Doubles from a quarter of the lock timeout to four times it, so that the application gets room to work. */
function backOffMs(tries: number, lockTimeoutMs: number): number {
  return Math.round(Math.min(lockTimeoutMs * 4, (lockTimeoutMs / 4) * 2 ** (tries - 1)));
}

function isContention(error: unknown): boolean {
  return [sqlState.lockNotAvailable, sqlState.deadlockDetected].some((state) => state === codeOf(error));
}

/** Sends the text once. Contention is an outcome; anything else that fails is thrown, described. */
async function tryOnce(
  { session, migratorCommand, patience: { statementTimeoutMs } }: ApplyContext,
  migration: MigrationDefinition,
  { prefix, prefixStatements, suffix }: Wrapping,
): Promise<{ answers: unknown } | 'contention'> {
  const counter = countStatements(session.client);
  try {
    return { answers: await session.client.query(prefix + migration.sql + suffix) };
  } catch (error) {
    const completedStatements = counter.stop();
    await session.client.query(`rollback; ${freshSessionSql}`).catch(() => undefined);
    if (isContention(error)) return 'contention';
    const place = { prefixLength: prefix.length, prefixStatements, completedStatements };
    throw describeFailure(error, { migration, ...place, statementTimeoutMs, migratorCommand }, session.target);
  } finally {
    counter.stop();
  }
}

/** Counts the statements that the server reports as done: without a position in an error, this finds the failed one. */
function countStatements(client: PostgresClient): { stop(): number } {
  let count = 0;
  const tick = (): void => {
    count += 1;
  };
  client.connection.on('commandComplete', tick);
  return {
    stop: () => {
      client.connection.off('commandComplete', tick);
      return count;
    },
  };
}
