import type { Queryable } from './ledger.ts';
import { scanSql } from './sql-scanner.ts';
import type { MigrationDefinition } from './types.ts';

/** The index that a `create index concurrently` makes, as its statement names it. */
export interface ConcurrentIndex {
  readonly index: string;
  /** The table as it is written, each part quoted, so that Postgres resolves it in the same way. */
  readonly table: string;
}

/** What a died `create index concurrently` has left. */
export interface IndexLeftover {
  /** Schema and name, quoted where needed. */
  readonly name: string;
  readonly isValid: boolean;
  /** What it indexes and how, as Postgres prints it, from `UNIQUE` or `USING` on. */
  readonly definition: string;
}

/** True if the statement says CONCURRENTLY: it waits for others but blocks nobody. */
export function isConcurrent(migration: MigrationDefinition): boolean {
  return firstTokens(migration).includes('concurrently');
}

/** The index named by a `create [unique] index concurrently [if not exists] NAME on [only] TABLE`. */
export function concurrentIndexOf(migration: MigrationDefinition): ConcurrentIndex | undefined {
  const tokens = firstTokens(migration).filter((token) => token !== 'unique');
  if (tokens.slice(0, 3).join(' ') !== 'create index concurrently') return undefined;
  const named = tokens.slice(tokens[3] === 'if' ? 6 : 3);
  const [index, on, ...rest] = named;
  if (index === undefined || index === 'on' || on !== 'on') return undefined;
  const [first, dot, second] = rest[0] === 'only' ? rest.slice(1) : rest;
  if (first === undefined) return undefined;
  const table = dot === '.' && second !== undefined ? [first, second] : [first];
  return { index, table: table.map((part) => `"${part.replaceAll('"', '""')}"`).join('.') };
}

function firstTokens(migration: MigrationDefinition): readonly string[] {
  return scanSql(migration.sql).statements[0]?.lead ?? [];
}

/** Of an index `i`, without its name and its table's. */
const definitionSql = `case when i.indisunique then 'UNIQUE ' else '' end
  || pg_catalog.substring(pg_catalog.pg_get_indexdef(i.indexrelid), ' (USING .*)$')`;

const findSql = `
select pg_catalog.format('%I.%I', n.nspname, c.relname) as name, i.indisvalid as "isValid", ${definitionSql} as definition
from pg_catalog.pg_index i
join pg_catalog.pg_class c on c.oid = i.indexrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relname = $1 and i.indrelid = pg_catalog.to_regclass($2)`;

/** The index that a migration was to make, if something of it is there. */
export async function findLeftover(
  client: Queryable,
  migration: MigrationDefinition,
): Promise<IndexLeftover | undefined> {
  const wanted = concurrentIndexOf(migration);
  if (wanted === undefined) return undefined;
  const { rows } = await client.query<IndexLeftover>(findSql, [wanted.index, wanted.table]);
  return rows[0];
}

/** Drops the index that an interrupted build has left invalid; a valid one stays. */
export async function dropInvalidIndex(client: Queryable, migration: MigrationDefinition): Promise<void> {
  const leftover = await findLeftover(client, migration);
  if (leftover?.isValid === false) await client.query(`drop index concurrently if exists ${leftover.name}`);
}

const takenSql = `
select pg_catalog.format('%I.%I', n.nspname, c.relname) as name
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relname = $1 and n.oid = (select relnamespace from pg_catalog.pg_class where oid = pg_catalog.to_regclass($2))`;

/** What already has the name of the index that a migration is to make; undefined if nothing, or if the file allows for it. */
export async function findNameTaken(client: Queryable, migration: MigrationDefinition): Promise<string | undefined> {
  const wanted = concurrentIndexOf(migration);
  if (wanted === undefined || firstTokens(migration).join(' ').includes('concurrently if not exists')) return undefined;
  const { rows } = await client.query<{ name: string }>(takenSql, [wanted.index, wanted.table]);
  return rows[0]?.name;
}

const name = '(?:"(?:[^"]|"")+"|[\\p{L}_][\\p{L}\\p{N}_$]*)';
const statementShape = new RegExp(
  `^create\\s+(unique\\s+)?index\\s+concurrently\\s+(?:if\\s+not\\s+exists\\s+)?${name}\\s+on\\s+(?:only\\s+)?(${name}(?:\\.${name})?)\\s*(\\(.*|using\\s.*)$`,
  'isu',
);

/**
 * How Postgres prints the index that the migration's statement makes, found by making it on an empty copy of the table;
 * undefined if the statement cannot be read well enough for that. Throws what the server refuses.
 */
export async function expectedDefinition(
  client: Queryable,
  migration: MigrationDefinition,
): Promise<string | undefined> {
  const [statement] = scanSql(migration.sql).statements;
  const [, unique = '', table, rest] = statementShape.exec(migration.sql.slice(statement?.start, statement?.end)) ?? [];
  if (table === undefined || rest === undefined) return undefined;
  try {
    await client.query(`begin; create temp table plimsoll_expected (like ${table});
      create ${unique} index on pg_temp.plimsoll_expected ${rest}`);
    const { rows } = await client.query<{ definition: string }>(
      `select ${definitionSql} as definition from pg_catalog.pg_index i
       where i.indrelid = 'pg_temp.plimsoll_expected'::pg_catalog.regclass`,
    );
    return rows[0]?.definition;
  } finally {
    await client.query('rollback');
  }
}
