import type { RunSql } from '../../postgres/index.ts';

/** Runs one statement in a read-only transaction and gives its rows. */
export type ReadRows = RunSql;

/** A column as it is now. */
export interface LiveColumn {
  /** As `format_type` names it, for example `character varying(20)`. */
  readonly type: string;
  readonly notNull: boolean;
}

/** A table as it is now, with what tells how dear it is to touch. */
export interface LiveTable {
  readonly rows: number;
  /** The heap with its TOAST. */
  readonly bytes: number;
  /** False as long as nothing was ever written to it, whatever the statistics know. */
  readonly filled: boolean;
  readonly indexBytes: number;
  readonly writesPerSecond: number;
  readonly partitioned: boolean;
  /** The folder of its tablespace; empty for that of the server itself. */
  readonly tablespace: string;
  readonly columns: ReadonlyMap<string, LiveColumn>;
  /** Expressions of its valid check constraints, as `pg_get_expr` prints them. */
  readonly validChecks: readonly string[];
  /** Constraint name → table that it references. */
  readonly references: ReadonlyMap<string, string>;
  /** Column → the tables at the other end of the foreign keys that it is part of, on either side. */
  readonly linked: ReadonlyMap<string, readonly string[]>;
  /** Tables with a foreign key to it. */
  readonly referencedBy: readonly string[];
  /** Its partitions and whatever else inherits from it, at any depth. */
  readonly children: readonly string[];
  /** Its default partition, if it has one. */
  readonly defaultPartition: string | undefined;
}

/** What is there before the pending migrations, by `schema.name`. */
export interface LiveCatalogue {
  readonly tables: ReadonlyMap<string, LiveTable>;
  /** Index → its table and columns. */
  readonly indexes: ReadonlyMap<string, { readonly table: string; readonly columns: readonly string[] }>;
  /** Names of functions that give another result at every call; a default with one writes every row. */
  readonly volatileFunctions: ReadonlySet<string>;
  /** Names of functions that only tell something: those of Postgres itself, and what is declared not to change anything. */
  readonly harmlessFunctions: ReadonlySet<string>;
  readonly views: ReadonlySet<string>;
  /** Names of domains with a constraint, which every row has to be held against. */
  readonly constrainedDomains: ReadonlySet<string>;
}

interface TableRow extends Record<string, unknown> {
  readonly name: string;
  readonly rows: number;
  readonly bytes: number;
  readonly filled: boolean;
  readonly index_bytes: number;
  readonly writes_per_second: number;
  readonly partitioned: boolean;
  readonly tablespace: string;
  readonly columns: readonly { readonly name: string; readonly type: string; readonly not_null: boolean }[] | null;
  readonly valid_checks: readonly string[] | null;
  readonly references: readonly { readonly constraint: string; readonly table: string }[] | null;
  readonly linked: readonly { readonly column: string; readonly tables: readonly string[] }[] | null;
  readonly referenced_by: readonly string[] | null;
  readonly children: readonly string[] | null;
  readonly default_partition: string | null;
}

/** Names are printed whole, whatever the search path; sizes come from files, rows from the last vacuum or analyse. */
const tablesSql = `
with own as (
  select c.*, n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'm') and n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'plimsoll')
), since as (
  select greatest(1, extract(epoch from now() - coalesce(stats_reset, pg_postmaster_start_time()))) as seconds
  from pg_stat_database where datname = current_database()
)
select o.name, greatest(o.reltuples, coalesce(s.n_live_tup, 0), 0)::double precision as rows,
  pg_table_size(o.oid)::double precision as bytes, pg_relation_size(o.oid) > 0 as filled, pg_indexes_size(o.oid)::double precision as index_bytes,
  (coalesce(s.n_tup_ins + s.n_tup_upd + s.n_tup_del, 0) / since.seconds)::double precision as writes_per_second,
  o.relkind = 'p' as partitioned,
  (select pg_tablespace_location(coalesce(nullif(o.reltablespace, 0), d.dattablespace)) from pg_database d
    where d.datname = current_database()) as tablespace,
  (select json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'not_null', a.attnotnull))
    from pg_attribute a where a.attrelid = o.oid and a.attnum > 0 and not a.attisdropped) as columns,
  (select json_agg(pg_get_expr(k.conbin, k.conrelid)) from pg_constraint k
    where k.conrelid = o.oid and k.contype = 'c' and k.convalidated) as valid_checks,
  (select json_agg(json_build_object('constraint', k.conname, 'table', r.name)) from pg_constraint k
    join own r on r.oid = k.confrelid where k.conrelid = o.oid and k.contype = 'f') as references,
  (select json_agg(json_build_object('column', a.attname, 'tables', (
      select json_agg(distinct other.name) from pg_constraint k
      join own other on other.oid = case when k.conrelid = o.oid then k.confrelid else k.conrelid end
      where k.contype = 'f' and other.oid <> o.oid
        and (k.conrelid = o.oid and a.attnum = any (k.conkey) or k.confrelid = o.oid and a.attnum = any (k.confkey)))))
    from pg_attribute a where a.attrelid = o.oid and a.attnum > 0 and not a.attisdropped
      and exists (select from pg_constraint k where k.contype = 'f' and k.conrelid <> k.confrelid
        and (k.conrelid = o.oid and a.attnum = any (k.conkey) or k.confrelid = o.oid and a.attnum = any (k.confkey)))) as linked,
  (select json_agg(distinct r.name) from pg_constraint k join own r on r.oid = k.conrelid
    where k.confrelid = o.oid and k.contype = 'f') as referenced_by,
  (with recursive below as (
      select inhrelid from pg_inherits where inhparent = o.oid
      union select i.inhrelid from pg_inherits i join below b on i.inhparent = b.inhrelid)
    select json_agg(c.name order by c.name) from below b join own c on c.oid = b.inhrelid) as children,
  (select p.name from pg_inherits i join own p on p.oid = i.inhrelid
    where i.inhparent = o.oid and pg_get_expr(p.relpartbound, p.oid) = 'DEFAULT') as default_partition
from own o cross join since left join pg_stat_user_tables s on s.relid = o.oid`;

const indexesSql = `
select n.nspname || '.' || c.relname as name, tn.nspname || '.' || t.relname as table,
  coalesce((select json_agg(a.attname order by a.attnum) from pg_attribute a
    where a.attrelid = t.oid and a.attnum = any (i.indkey::smallint[])), '[]') as columns
from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
join pg_class t on t.oid = i.indrelid join pg_namespace tn on tn.oid = t.relnamespace
where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`;

const volatileSql = `select distinct proname::text as name from pg_proc where provolatile = 'v'`;

/** A name that stands for several functions is as bad as the worst of them. */
const harmlessSql = `
select p.proname::text as name from pg_proc p
group by 1 having bool_and(p.pronamespace = 'pg_catalog'::regnamespace or p.provolatile <> 'v'
  or exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e'))`;

const viewsSql = `
select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'v' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`;

const domainsSql = `
select t.typname::text as name from pg_type t where t.typtype = 'd'
  and (t.typnotnull or exists (select from pg_constraint k where k.contypid = t.oid))`;

/** Reads all of it; a table that somebody holds exclusively lets nobody measure it, and the statement times out. */
export async function readCatalogue(read: ReadRows): Promise<LiveCatalogue> {
  const [tables, indexes, functions, harmless, views, domains] = await Promise.all([
    read<TableRow>(tablesSql),
    read<{ name: string; table: string; columns: string[] }>(indexesSql),
    read<{ name: string }>(volatileSql),
    read<{ name: string }>(harmlessSql),
    read<{ name: string }>(viewsSql),
    read<{ name: string }>(domainsSql),
  ]);
  return {
    tables: new Map(tables.map((row) => [row.name, toTable(row)])),
    indexes: new Map(indexes.map(({ name, table, columns }) => [name, { table, columns }])),
    volatileFunctions: new Set(functions.map(({ name }) => name)),
    harmlessFunctions: new Set(harmless.map(({ name }) => name)),
    views: new Set(views.map(({ name }) => name)),
    constrainedDomains: new Set(domains.map(({ name }) => name)),
  };
}

function toTable(row: TableRow): LiveTable {
  const columns = (row.columns ?? []).map(({ name, type, not_null }) => [name, { type, notNull: not_null }] as const);
  return {
    rows: row.rows,
    bytes: row.bytes,
    filled: row.filled,
    indexBytes: row.index_bytes,
    writesPerSecond: row.writes_per_second,
    partitioned: row.partitioned,
    tablespace: row.tablespace,
    columns: new Map(columns),
    validChecks: row.valid_checks ?? [],
    references: new Map((row.references ?? []).map(({ constraint, table }) => [constraint, table])),
    linked: new Map((row.linked ?? []).map(({ column, tables }) => [column, tables])),
    referencedBy: row.referenced_by ?? [],
    children: row.children ?? [],
    defaultPartition: row.default_partition ?? undefined,
  };
}
