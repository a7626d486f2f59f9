import { traced, type SpanSpec } from '../base/index.ts';
import { attemptMigration, type ApplyContext } from './attempt.ts';
import { describeFailure, describeNameTaken } from './failure.ts';
import { findNameTaken, isConcurrent } from './leftovers.ts';
import { freshSessionSql, resetIdentitySql } from './fresh-session.ts';
import { keepLockSql } from './lock.ts';
import { durationIn, finishRowSql, insertRowSql, observedIn } from './records.ts';
import type { MigrationDefinition } from './types.ts';

/**
 * Applies one migration with its ledger row and gives the milliseconds it took; `finishing` is SQL that goes into the same
 * last transaction. Throws the error that says what failed where.
 */
export async function applyMigration(
  context: ApplyContext,
  migration: MigrationDefinition,
  finishing: string,
): Promise<number> {
  const { database, version, name } = migration;
  context.onEvent({ kind: 'applying', database, version, name });
  const { observer, session } = context;
  await observer?.before(migration, session.processId);
  const apply = migration.transactional ? applyInTransaction : applyOutsideTransaction;
  const inspect = observer?.inspectSql(database) ?? '';
  const answers = await traced(
    () => spanOf(migration),
    async () => await apply(context, migration, `${inspect} ${finishing}`),
  );
  const durationMs = durationIn(answers);
  await observer?.after(migration, durationMs, observedIn(answers));
  context.onEvent({ kind: 'applied', database, version, name, durationMs });
  return durationMs;
}

function spanOf({ database, version, name }: MigrationDefinition): SpanSpec {
  const migration = `${String(version).padStart(4, '0')}_${name}`;
  const attributes = { 'db.system.name': 'postgresql', 'db.namespace': database, 'plimsoll.migration': migration };
  return { name: `migrate ${database}`, kind: 'client', attributes };
}

/** The file, its ledger row and the commit travel in one text: a migration costs one round trip. */
async function applyInTransaction(
  context: ApplyContext,
  migration: MigrationDefinition,
  finishing: string,
): Promise<unknown> {
  const { lockTimeoutMs, statementTimeoutMs } = context.patience;
  return await attemptMigration(context, migration, {
    prefix: `begin; set local lock_timeout = ${lockTimeoutMs}; set local statement_timeout = ${statementTimeoutMs};\n`,
    prefixStatements: 3,
    suffix: `\n;${resetIdentitySql} set local statement_timeout = 0; ${keepLockSql} ${insertRowSql(context.actor, migration, 'finished')} ${finishing} commit; ${freshSessionSql}`,
  });
}

/**
 * The row goes in open before the statement, so that a migrator that dies leaves a trace; and it stays when the statement fails,
 * for the ledger loses no row. What is known to fail without a trace is therefore found before.
 */
async function applyOutsideTransaction(
  context: ApplyContext,
  migration: MigrationDefinition,
  finishing: string,
): Promise<unknown> {
  const taken = await findNameTaken(context.session.client, migration);
  if (taken !== undefined) throw describeNameTaken(migration, taken, context.migratorCommand);
  await runOwn(context, migration, insertRowSql(context.actor, migration, 'open'));
  await runAlone(context, migration);
  return await finishRow(context, migration, finishing);
}

/** Runs the one statement of a migration that has no transaction. */
export async function runAlone(context: ApplyContext, migration: MigrationDefinition): Promise<void> {
  // Building an index concurrently waits for others but makes nobody wait, and a timeout would leave an invalid index.
  const lockTimeoutMs = isConcurrent(migration) ? 0 : context.patience.lockTimeoutMs;
  const limits = `set lock_timeout = ${lockTimeoutMs}; set statement_timeout = ${context.patience.statementTimeoutMs}`;
  await runOwn(context, migration, limits);
  await attemptMigration(context, migration, { prefix: '', prefixStatements: 0, suffix: '' });
}

/** Finishes the open row of a migration together with `finishing`; gives the server's answers. */
export async function finishRow(
  context: ApplyContext,
  migration: MigrationDefinition,
  finishing: string,
): Promise<unknown> {
  const finish = finishRowSql(migration.version, migration.checksum);
  return await runOwn(context, migration, `${freshSessionSql} begin; ${keepLockSql} ${finish} ${finishing} commit`);
}

async function runOwn(context: ApplyContext, migration: MigrationDefinition, sql: string): Promise<unknown> {
  const { session, migratorCommand, patience } = context;
  const { statementTimeoutMs } = patience;
  return await session.client.query(sql).catch((error: unknown) => {
    const place = { prefixLength: 0, prefixStatements: 0, completedStatements: Number.POSITIVE_INFINITY };
    throw describeFailure(error, { migration, ...place, statementTimeoutMs, migratorCommand }, session.target);
  });
}
