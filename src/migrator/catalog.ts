/**
 * The live schema as text, one sorted line an object: `kind name: definition`. Left out: grants, owners, comments, the order
 * of columns, whatever belongs to an extension, and the ledger itself. Written so that Postgres majors agree on a clean
 * install: not-null constraints (rows of their own since 18) are told by their columns, extensions come without versions.
 * Needs a search_path of pg_catalog alone, so that every name is printed with its schema.
 */
export const catalogLinesSql = `
with member as (
  select classid, objid from pg_depend where deptype = 'e'
), space as (
  select oid, nspname from pg_namespace
  where nspname !~ '^pg_' and nspname not in ('information_schema', 'plimsoll')
    and not exists (select from member where classid = 'pg_namespace'::regclass and objid = pg_namespace.oid)
), relation as (
  select c.*, format('%I.%I', s.nspname, c.relname) as name
  from pg_class c join space s on s.oid = c.relnamespace
  where not exists (select from member where classid = 'pg_class'::regclass and objid = c.oid)
), routine as (
  select p.*, format('%I.%I(%s)', s.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) as name
  from pg_proc p join space s on s.oid = p.pronamespace
  where not exists (select from member where classid = 'pg_proc'::regclass and objid = p.oid)
), type as (
  select t.*, format('%I.%I', s.nspname, t.typname) as name
  from pg_type t join space s on s.oid = t.typnamespace
  where not exists (select from member where classid = 'pg_type'::regclass and objid = t.oid)
), line (kind, name, definition) as (
  select 'schema', format('%I', nspname), '' from space
  union all
  select 'table', name, concat_ws(' ',
      case relpersistence when 'u' then 'unlogged' end,
      case relkind when 'p' then 'partition by ' || pg_get_partkeydef(oid) when 'f' then 'foreign' end,
      case when relispartition then pg_get_expr(relpartbound, oid) end,
      (select 'inherits ' || string_agg(inhparent::regclass::text, ', ' order by inhseqno) from pg_inherits where inhrelid = relation.oid),
      case when relrowsecurity then 'row security' end,
      case when relforcerowsecurity then 'forced' end,
      (select 'with ' || string_agg(o, ', ' order by o) from unnest(reloptions) o))
  from relation where relkind in ('r', 'p', 'f')
  union all
  select 'column', r.name || '.' || quote_ident(a.attname), concat_ws(' ',
      format_type(a.atttypid, a.atttypmod),
      case when a.attcollation <> t.typcollation then 'collate ' || a.attcollation::regcollation::text end,
      case when a.attnotnull then 'not null' end,
      case a.attgenerated when 's' then 'generated stored ' when 'v' then 'generated virtual '
        else case when d.oid is not null then 'default ' end end || pg_get_expr(d.adbin, d.adrelid),
      case a.attidentity when 'a' then 'identity always' when 'd' then 'identity by default' end)
  from relation r join pg_attribute a on a.attrelid = r.oid join pg_type t on t.oid = a.atttypid
  left join pg_attrdef d on d.adrelid = r.oid and d.adnum = a.attnum
  where r.relkind in ('r', 'p', 'f', 'c') and a.attnum > 0 and not a.attisdropped
  union all
  select 'constraint', coalesce(r.name, t.name) || '.' || quote_ident(c.conname), pg_get_constraintdef(c.oid)
  from pg_constraint c left join relation r on r.oid = c.conrelid left join type t on t.oid = c.contypid
  where c.contype not in ('n', 't') and coalesce(r.name, t.name) is not null
  union all
  select 'index', r.name, pg_get_indexdef(r.oid) || case when i.indisvalid then '' else ' (invalid)' end
  from relation r join pg_index i on i.indexrelid = r.oid
  union all
  select case relkind when 'v' then 'view' else 'materialized view' end, name, pg_get_viewdef(oid)
  from relation where relkind in ('v', 'm')
  union all
  select 'rule', r.name || '.' || quote_ident(w.rulename), pg_get_ruledef(w.oid)
  from relation r join pg_rewrite w on w.ev_class = r.oid where w.rulename <> '_RETURN'
  union all
  select case prokind when 'p' then 'procedure' when 'a' then 'aggregate' else 'function' end, name, concat_ws(' ',
      'returns ' || pg_get_function_result(oid),
      'language ' || (select lanname from pg_language where oid = prolang),
      case provolatile when 'i' then 'immutable' when 's' then 'stable' end,
      case when proisstrict then 'strict' end,
      case when prosecdef then 'security definer' end,
      case when proleakproof then 'leakproof' end,
      case proparallel when 's' then 'parallel safe' when 'r' then 'parallel restricted' end,
      (select 'set ' || string_agg(o, ', ' order by o) from unnest(proconfig) o),
      'body ' || left(encode(sha256(convert_to(coalesce(pg_get_function_sqlbody(oid), prosrc), 'UTF8')), 'hex'), 16))
  from routine
  union all
  select 'trigger', r.name || '.' || quote_ident(t.tgname), pg_get_triggerdef(t.oid)
    || case t.tgenabled when 'O' then '' when 'D' then ' (disabled)' when 'A' then ' (always)' else ' (replica)' end
  from relation r join pg_trigger t on t.tgrelid = r.oid where not t.tgisinternal
  union all
  select 'policy', r.name || '.' || quote_ident(p.polname), concat_ws(' ',
      case when p.polpermissive then 'permissive' else 'restrictive' end, 'for ' || p.polcmd::text,
      (select 'to ' || string_agg(role::regrole::text, ', ' order by role::regrole::text) from unnest(p.polroles) role where role <> 0),
      'using ' || pg_get_expr(p.polqual, p.polrelid), 'with check ' || pg_get_expr(p.polwithcheck, p.polrelid))
  from relation r join pg_policy p on p.polrelid = r.oid
  union all
  select 'sequence', r.name, concat_ws(' ', format_type(s.seqtypid, null), 'start', s.seqstart, 'increment', s.seqincrement,
      'min', s.seqmin, 'max', s.seqmax, 'cache', s.seqcache, case when s.seqcycle then 'cycle' end)
  from relation r join pg_sequence s on s.seqrelid = r.oid
  union all
  select 'enum', t.name, (select string_agg(quote_literal(enumlabel), ', ' order by enumsortorder) from pg_enum where enumtypid = t.oid)
  from type t where t.typtype = 'e'
  union all
  select 'domain', t.name, concat_ws(' ', format_type(t.typbasetype, t.typtypmod),
      case when t.typnotnull then 'not null' end, 'default ' || t.typdefault)
  from type t where t.typtype = 'd'
  union all
  select 'range', t.name, format_type(g.rngsubtype, null) from type t join pg_range g on g.rngtypid = t.oid
  union all
  select 'statistics', format('%I.%I', s.nspname, x.stxname), pg_get_statisticsobjdef(x.oid)
  from pg_statistic_ext x join space s on s.oid = x.stxnamespace
  union all
  select 'extension', format('%I', extname), 'schema ' || extnamespace::regnamespace::text from pg_extension
)
select kind || ' ' || name || ': ' || regexp_replace(coalesce(definition, ''), '\\s+', ' ', 'g') as text from line`;

/** SQL expressions over one row set of lines: the lines in order, and their SHA-256. */
export const catalogSummarySql = `
select lines as catalog, encode(sha256(convert_to(array_to_string(lines, E'\\n'), 'UTF8')), 'hex') as fingerprint
from (select coalesce(array_agg(text order by text collate "C"), '{}') as lines from (${catalogLinesSql}) lines) summary`;

/** Pins how names are printed, for the rest of the transaction; and compiling this one query would take longer than running it. */
export const pinSearchPathSql =
  "select pg_catalog.set_config('search_path', 'pg_catalog', true), pg_catalog.set_config('jit', 'off', true);";
