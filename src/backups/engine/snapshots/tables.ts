import type { TableFacts } from '../../types.ts';
import type { Session } from './session.ts';

/** Tables that hold rows of their own: partitions too, their parents not; nothing of Postgres, nothing of an extension. */
const tablesSql = `
select format('%I.%I', s.nspname, c.relname) as name
  from pg_catalog.pg_class c join pg_catalog.pg_namespace s on s.oid = c.relnamespace
 where c.relkind = 'r' and s.nspname !~ '^pg_' and s.nspname <> 'information_schema'
   and not exists (
     select from pg_catalog.pg_depend d
      where d.deptype = 'e' and (d.classid, d.objid) in (('pg_class'::regclass, c.oid), ('pg_namespace'::regclass, s.oid)))`;

/** Counts every table of a database, one after the other. Throws `database_*`, or the signal's reason. */
export async function countTables(
  { query }: Pick<Session, 'query'>,
  withoutRows: readonly string[],
  signal: AbortSignal,
): Promise<TableFacts[]> {
  const facts: TableFacts[] = [];
  const found = await query<{ name: string }>(tablesSql);
  for (const name of found.map((row) => row.name).sort()) {
    signal.throwIfAborted();
    const dataLeftOut = withoutRows.includes(name);
    facts.push({ name, rows: dataLeftOut ? 0 : await countRows(query, name), dataLeftOut });
  }
  return facts;
}

async function countRows(query: Session['query'], table: string): Promise<number> {
  const [found] = await query<{ rows: string }>(`select count(*) as rows from only ${table}`);
  return Number(found?.rows);
}
