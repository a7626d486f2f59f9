import { makingDatabases, quoteName, quoteText, readServerVersion, type ServerSession } from '../reload/server.ts';

interface Shape {
  readonly [column: string]: unknown;
  readonly tablespace: string;
  readonly settings: readonly string[] | null;
  readonly grants: readonly { readonly grantee: string; readonly privilege: string }[] | null;
}

/**
 * All columns as JSON: the names of those for the language differ between majors. Grants are null where nobody has changed
 * what every database has.
 */
const shapeSql = `
select to_jsonb(d) || jsonb_build_object(
  'encodingName', pg_catalog.pg_encoding_to_char(d.encoding),
  'tablespace', (select spcname from pg_catalog.pg_tablespace t where t.oid = d.dattablespace),
  'settings', (select to_jsonb(setconfig) from pg_catalog.pg_db_role_setting s where s.setdatabase = d.oid and s.setrole = 0),
  'grants', (select case when d.datacl is null then null else coalesce((
    select jsonb_agg(jsonb_build_object('privilege', a.privilege_type,
             'grantee', case when a.grantee = 0 then 'public' else quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) end))
      from pg_catalog.aclexplode(d.datacl) a where a.grantee <> d.datdba), '[]') end)) as shape
  from pg_catalog.pg_database d where d.datname = $1`;

/** Settings whose value is a list of names, each quoted already. Source: PostgreSQL, variable_is_guc_list_quote. */
const listSettings = new Set([
  'local_preload_libraries',
  'search_path',
  'session_preload_libraries',
  'temp_tablespaces',
  'unix_socket_directories',
]);

/**
 * Makes an empty database that is as another one is: its encoding and language, its place, limit, settings and who may connect.
 * Where the other does not exist, it is as the server makes them. Throws `reload_rights_missing`, `database_*`.
 */
export async function makeDatabaseLike(session: ServerSession, name: string, like: string): Promise<void> {
  const [row] = await session.query<{ shape: Shape }>(shapeSql, [like]);
  const clauses = row === undefined ? '' : clausesOf(row.shape);
  // Before 15 everybody may make tables in a new database, and only a superuser can forbid it, in the template.
  const template = (await readServerVersion(session)) >= 150_000 ? 'template0' : 'template1';
  await makingDatabases(session, async () => {
    await session.query(`create database ${quoteName(name)} template ${template} ${clauses}`);
  });
  if (row === undefined) return;
  for (const sql of afterwards(name, row.shape)) await session.query(sql);
}

function clausesOf(shape: Shape): string {
  const text = (column: string): string | undefined => {
    const value = shape[column];
    return typeof value === 'string' && value !== '' ? quoteText(value) : undefined;
  };
  const provider = { c: 'libc', i: 'icu', b: 'builtin' }[String(shape['datlocprovider'])];
  // `daticulocale` until 16, `datlocale` since.
  const locale = text('datlocale') ?? text('daticulocale');
  return [
    `encoding ${text('encodingName') ?? "'UTF8'"}`,
    `lc_collate ${text('datcollate') ?? "'C'"}`,
    `lc_ctype ${text('datctype') ?? "'C'"}`,
    provider === undefined ? '' : `locale_provider ${provider}`,
    provider === 'icu' && locale !== undefined ? `icu_locale ${locale}` : '',
    provider === 'builtin' && locale !== undefined ? `builtin_locale ${locale}` : '',
    // Where it goes by itself; naming that takes a right of its own.
    shape.tablespace === 'pg_default' ? '' : `tablespace ${quoteName(shape.tablespace)}`,
    `connection limit ${Number(shape['datconnlimit'] ?? -1)}`,
  ].join(' ');
}

function afterwards(name: string, { settings, grants }: Shape): string[] {
  const database = quoteName(name);
  const set = (settings ?? []).map((setting) => {
    const [key, value] = splitOnce(setting, '=');
    return `alter database ${database} set ${quoteName(key)} to ${listSettings.has(key) ? value : quoteText(value)}`;
  });
  if (grants === null) return set;
  const given = grants.map(({ grantee, privilege }) => `grant ${privilege} on database ${database} to ${grantee}`);
  return [...set, `revoke all on database ${database} from public`, ...given];
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return [text.slice(0, at), text.slice(at + separator.length)];
}
