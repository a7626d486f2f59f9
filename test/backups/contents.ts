import { readFingerprint } from '../../src/migrator/index.ts';
import { connect, type PostgresClient } from '../../src/postgres/index.ts';
import type { Secret } from '../../src/base/index.ts';

/** Everything a database holds, in a form that two databases can be compared by; table by table, order does not count. */
export interface Contents {
  readonly fingerprint: string;
  readonly tables: Readonly<Record<string, { readonly rows: number; readonly hash: string }>>;
  readonly sequences: Readonly<Record<string, string>>;
  readonly largeObjects: Readonly<Record<string, string>>;
  /** Comments, privileges and what else the fingerprint leaves out. */
  readonly marks: readonly string[];
}

/** Reads it all; inside an exported snapshot when one is given. */
export async function readContents(url: Secret, snapshot?: string): Promise<Contents> {
  const client = await connect({ name: 'test', url, applicationName: 'plimsoll test', connectTimeoutMs: 10_000 });
  try {
    await client.query('begin isolation level repeatable read read only');
    if (snapshot !== undefined) await client.query(`set transaction snapshot '${snapshot}'`);
    return {
      fingerprint: await readFingerprint(client),
      tables: await readTables(client),
      sequences: await readSequences(client),
      largeObjects: await readLargeObjects(client),
      marks: await readMarks(client),
    };
  } finally {
    await client.end();
  }
}

async function readTables(client: PostgresClient): Promise<Contents['tables']> {
  const names = await namesOf(client, "'r', 'm'");
  const tables: Record<string, { rows: number; hash: string }> = {};
  for (const name of names) {
    const { rows } = await client.query<{ rows: number; hash: string }>(
      `select count(*)::integer as rows, coalesce(sum(hashtextextended(t::text, 0)), 0)::text as hash from only ${name} t`,
    );
    if (rows[0] !== undefined) tables[name] = rows[0];
  }
  return tables;
}

async function readSequences(client: PostgresClient): Promise<Record<string, string>> {
  const sequences: Record<string, string> = {};
  for (const name of await namesOf(client, "'S'")) {
    const { rows } = await client.query<{ text: string }>(`select s::text as text from (
      select last_value, is_called from ${name}) s`);
    sequences[name] = rows[0]?.text ?? '';
  }
  return sequences;
}

async function namesOf(client: PostgresClient, kinds: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select format('%I.%I', nspname, relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where relkind in (${kinds}) and nspname !~ '^pg_' and nspname <> 'information_schema' order by 1`,
  );
  return rows.map(({ name }) => name);
}

async function readLargeObjects(client: PostgresClient): Promise<Record<string, string>> {
  const { rows } = await client.query<{ oid: string; hash: string }>(
    'select oid::text, md5(lo_get(oid)) as hash from pg_largeobject_metadata order by oid',
  );
  return Object.fromEntries(rows.map(({ oid, hash }) => [oid, hash]));
}

async function readMarks(client: PostgresClient): Promise<string[]> {
  const { rows } = await client.query<{ mark: string }>(`
    select mark from (
      select 'comment ' || c.oid::regclass || ' ' || d.objsubid || ': ' || d.description as mark
        from pg_description d join pg_class c on c.oid = d.objoid and d.classoid = 'pg_class'::regclass
        join pg_namespace n on n.oid = c.relnamespace and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
      union all
      select 'comment large object ' || objoid || ': ' || description
        from pg_description where classoid = 'pg_largeobject'::regclass
      union all
      select 'privileges ' || oid::regclass || ': ' || (select string_agg(a::text, ' ' order by a::text) from unnest(relacl) a)
        from pg_class where relacl is not null and relnamespace::regnamespace::text !~ '^(pg_|information_schema)'
      union all
      select 'privileges schema ' || nspname || ': ' || (select string_agg(a::text, ' ' order by a::text) from unnest(nspacl) a)
        from pg_namespace where nspacl is not null and nspname !~ '^(pg_|information_schema)'
      union all
      select 'default privileges ' || defaclobjtype::text || ': ' || (select string_agg(a::text, ' ' order by a::text) from unnest(defaclacl) a)
        from pg_default_acl
      union all
      select 'statistics ' || attrelid::regclass || '.' || attname from pg_attribute where attstattarget > 0
    ) marks order by mark`);
  return rows.map(({ mark }) => mark);
}
