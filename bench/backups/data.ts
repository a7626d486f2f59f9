import { databaseNames, type DatabaseName } from '../../src/contract/index.ts';
import type { TestServer } from '../../test/testkit/postgres-servers.ts';

/** The three databases of the bench, by the product's names for them. */
export type BenchDatabases = Readonly<Record<DatabaseName, string>>;

/** Statements that fill each database; `share` of 1 makes about a gigabyte in all. */
const fill: Readonly<Record<DatabaseName, (share: number) => string>> = {
  config: (share) => `
    create table blob (id integer primary key, data bytea not null);
    insert into blob select g, (select string_agg(sha256((g || ':' || i)::bytea), ''::bytea) from generate_series(1, 780) i)
      from generate_series(1, ${Math.ceil(2500 * share)}) g;`,
  results: (share) => `
    create table events (id bigint primary key, at timestamptz not null, kind text not null, payload jsonb not null);
    insert into events select g, timestamptz '2026-01-01' + g * interval '1 second', 'kind' || g % 7,
      jsonb_build_object('user', g % 1000, 'path', '/a/b/' || g, 'ms', (g::bigint * 7919) % 10007 / 13.0)
      from generate_series(1, ${Math.ceil(1_500_000 * share)}) g;
    create index events_by_time on events (at);
    create table metric (id bigint primary key, name text not null, value double precision not null);
    insert into metric select g, 'metric.' || g % 100, (g::bigint * 104729) % 1000003 / 7.0
      from generate_series(1, ${Math.ceil(2_400_000 * share)}) g;`,
  jobs: (share) => `
    create table small200 (id bigint primary key, body text not null);
    insert into small200 select g, repeat(md5(g::text), 5) from generate_series(1, ${Math.ceil(880_000 * share)}) g;
    create table run (id integer primary key, note text not null);
    insert into run select g, md5(g::text) from generate_series(1, 1000) g;`,
};

/** Makes and fills three databases; gives their names and how large they are together. */
export async function makeBenchDatabases(
  server: TestServer,
  share: number,
): Promise<{ names: BenchDatabases; bytes: number }> {
  const names: Partial<Record<DatabaseName, string>> = {};
  let bytes = 0;
  for (const name of databaseNames) {
    const database = await server.createDatabase();
    await server.query(database, fill[name](share));
    await server.query(database, 'vacuum analyze');
    const [size] = await server.query(database, 'select pg_database_size(current_database())::float8 as bytes');
    bytes += Number(size?.['bytes']);
    names[name] = database;
  }
  return { names: names as BenchDatabases, bytes };
}
