import { hostname } from 'node:os';
import type { DatabaseName } from '../contract/index.ts';
import { catalogSummarySql, pinSearchPathSql } from './catalog.ts';
import type { MigrationDefinition } from './types.ts';

/** Who runs the migrator, and from which build; written to every row. */
export interface Actor {
  /** The OPERATOR setting; undefined: the database role is recorded in its place. */
  readonly operator: string | undefined;
  readonly appVersion: string;
  readonly imageSha: string;
  readonly runId: string;
}

/** The channel on which managers hear that a ledger has changed; the payload is the database's name. */
export const ledgerChannel = 'plimsoll_ledger';

/** A text as an SQL literal, whatever `standard_conforming_strings` says. */
export function quoteLiteral(text: string): string {
  const doubled = text.replaceAll("'", "''");
  return doubled.includes('\\') ? ` E'${doubled.replaceAll('\\', '\\\\')}'` : `'${doubled}'`;
}

function whoSql(actor: Actor): string {
  return actor.operator === undefined ? "session_user, 'role'" : `${quoteLiteral(actor.operator)}, 'operator'`;
}

/** Opens the record of this run. */
export function startRunSql(actor: Actor, kind: 'migrate' | 'repair'): string {
  return `insert into plimsoll.migration_run (run_id, kind, who, who_source, host, app_version, image_sha) values (
    ${quoteLiteral(actor.runId)}, '${kind}', ${whoSql(actor)}, ${quoteLiteral(hostname())},
    ${quoteLiteral(actor.appVersion)}, ${quoteLiteral(actor.imageSha)});`;
}

interface RunEnd {
  readonly outcome: 'done' | 'failed';
  /** Empty for none. */
  readonly note: string;
  /** False: the run changed nothing, so the schema recorded before it stays the measure of drift. */
  readonly withCatalog: boolean;
}

/**
 * Closes the record of this run with the schema as it then is, and tells the managers. Belongs into the transaction of the
 * last change: a killed migrator leaves either both or neither.
 */
export function finishRunSql(actor: Actor, database: DatabaseName, { outcome, note, withCatalog }: RunEnd): string {
  const catalog = withCatalog ? `, (catalog, fingerprint) = (${catalogSummarySql})` : '';
  return `${pinSearchPathSql}
  update plimsoll.migration_run set finished_at = clock_timestamp(), outcome = '${outcome}',
    note = nullif(${quoteLiteral(note)}, ''),
    schema_version = (select coalesce(max(version), 0) from plimsoll.schema_migration where finished_at is not null)
    ${catalog}
  where run_id = ${quoteLiteral(actor.runId)} and finished_at is null;
  select pg_notify('${ledgerChannel}', ${quoteLiteral(database)});`;
}

const durationSql = 'returning (extract(epoch from finished_at - started_at) * 1000)::double precision as duration_ms';

/** How long a migration took by the server's clock, from the answers to a text that wrote its row; 0 if none did. */
export function durationIn(answers: unknown): number {
  return Math.round(Number(lastIn(answers, 'duration_ms') ?? 0));
}

/** What an observer's statement gave, from the answers to the same text; undefined if it was not asked. */
export function observedIn(answers: unknown): unknown {
  return lastIn(answers, 'observed');
}

/** The last of that name: what a file itself selects comes before. */
function lastIn(answers: unknown, column: string): unknown {
  const rows = [answers].flat().flatMap((answer) => (answer as { rows?: Record<string, unknown>[] }).rows ?? []);
  return rows.findLast((row) => column in row)?.[column];
}

/** Adds a migration's ledger row: finished, at the end of its transaction; open, before one that runs outside any. */
export function insertRowSql(actor: Actor, migration: MigrationDefinition, state: 'finished' | 'open'): string {
  const times =
    state === 'finished'
      ? 'pg_catalog.now(), greatest(pg_catalog.now(), pg_catalog.clock_timestamp())'
      : 'pg_catalog.clock_timestamp(), null';
  return `insert into plimsoll.schema_migration (version, name, checksum, started_at, finished_at,
    applied_by, applied_by_source, app_version, image_sha, run_id, oldest_compatible) values (
    ${migration.version}, ${quoteLiteral(migration.name)}, ${quoteLiteral(migration.checksum)}, ${times},
    ${whoSql(actor)}, ${quoteLiteral(actor.appVersion)}, ${quoteLiteral(actor.imageSha)}, ${quoteLiteral(actor.runId)},
    ${migration.oldestCompatible}) ${durationSql};`;
}

/** Finishes an open row; the checksum becomes that of the file whose statement was run last. */
export function finishRowSql(version: number, checksum?: string): string {
  const changed = checksum === undefined ? '' : `, checksum = ${quoteLiteral(checksum)}`;
  return `update plimsoll.schema_migration
    set finished_at = greatest(started_at, pg_catalog.clock_timestamp())${changed}
    where version = ${version} and finished_at is null ${durationSql};`;
}
