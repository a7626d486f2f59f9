import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabases, waitFor, type TestDatabases } from '../../../test/testkit/index.ts';
import { connect, type PostgresClient } from '../../postgres/index.ts';
import { readCatalogue, type LiveCatalogue } from './catalogue.ts';
import { lockModes, type LockMode } from '../../contract/index.ts';
import type { Effect } from './effect.ts';
import { foresee } from './foresee.ts';
import { parseSql } from './parse.ts';

/** A little of everything that a statement may meet. */
const fixture = `
create table owners (id integer primary key, name varchar(20), note text, price numeric(8, 2), at timestamptz default now());
create table things (id integer not null, owner_id integer, label varchar(20), code char(4), size integer, flag boolean,
  constraint things_pkey primary key (id),
  constraint size_is_known check (size is not null),
  constraint flag_or_not check (flag is not null or id > 0),
  constraint thing_of_owner foreign key (owner_id) references owners (id));
alter table things add constraint size_is_positive check (size > 0) not valid;
alter table things add constraint other_owner foreign key (size) references owners (id) not valid;
create index things_by_label on things (label);
create unique index things_by_size on things (size);
create unique index things_by_id on things (id);
create table parts (id integer, kind integer) partition by list (kind);
create table parts_1 partition of parts for values in (1);
create table parts_rest partition of parts default;
create table parts_2 (id integer, kind integer);
create table tree (id integer, kind integer not null, note text) partition by list (kind);
create table tree_1 partition of tree for values in (1);
create table tree_2 partition of tree for values in (2, 3) partition by list (kind);
create table tree_2_2 partition of tree_2 for values in (2);
create table tree_2_3 partition of tree_2 for values in (3);
create index tree_by_note on tree (note);
create table branch (id integer, kind integer not null, note text) partition by list (kind);
create table branch_7 partition of branch for values in (7);
create table parent (id integer, note text);
create table child (more text) inherits (parent);
create table numbered (id integer generated always as identity, size integer, twice integer generated always as (size * 2) stored);
create table lonely (a integer, b integer);
create materialized view seen as select id from owners;
create unique index seen_by_id on seen (id);
create table codes (id integer primary key);
create table uses (code integer references codes (id));
create table watched (a integer, b integer);
create view all_watched as select a, b from watched;
create view both_names as select name from owners;
create sequence numbers;
create function touch() returns trigger language plpgsql as 'begin return new; end';
create function stamp() returns text language plpgsql volatile as $$begin return 'now'; end$$;
create function fixed() returns text language sql immutable as $$select 'x'$$;
create function change_all() returns integer language plpgsql as 'begin update lonely set b = b; return 1; end';
create domain positive as integer constraint is_positive check (value > 0);
create domain plain as integer;
create trigger things_touched before update on things for each row execute function touch();
create policy things_seen on things using (true);
create rule lonely_rule as on update to lonely do also nothing;
create type mood as enum ('good');
insert into owners select n, 'o', 't', 1 from generate_series(1, 50) n;
insert into things select n, n, 'l', 'c', n, true from generate_series(1, 50) n;
insert into lonely select n, n from generate_series(1, 50) n;
insert into tree select n, n % 3 + 1, 'n' from generate_series(1, 30) n;
insert into parent select n, 'p' from generate_series(1, 30) n;
insert into child select n, 'c', 'm' from generate_series(1, 30) n;
insert into numbered (size) select n from generate_series(1, 30) n;
insert into parts select n, n % 3 from generate_series(1, 30) n where n % 3 <> 2;
analyze;`;

let databases: TestDatabases;
let catalogue: LiveCatalogue;

beforeAll(async () => {
  databases = await createTestDatabases();
  await databases.jobs.query('owner', fixture);
  catalogue = await withClient(
    async (client) => await readCatalogue(async (sql) => (await client.query(sql)).rows as never),
  );
});

afterAll(async () => {
  await databases[Symbol.asyncDispose]();
});

async function withClient<T>(work: (client: PostgresClient) => Promise<T>): Promise<T> {
  const client = await connect({
    name: 'jobs',
    url: databases.jobs.urls.owner,
    applicationName: 'plimsoll test',
    connectTimeoutMs: 5000,
  });
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function claimOf(sql: string): Promise<readonly Effect[]> {
  const parsed = await parseSql(sql);
  if ('problem' in parsed) throw new Error(parsed.problem);
  const [statement] = parsed.statements;
  if (statement === undefined) throw new Error('there is no statement');
  const foresight = foresee(statement.node, catalogue);
  if (foresight.unforeseen !== undefined) throw new Error(foresight.unforeseen);
  return foresight.effects;
}

interface Seen {
  readonly oid: number;
  readonly name: string;
  readonly filenode: string | null;
  readonly scans: number;
}

const tablesSql = `
select c.oid::integer, 'public.' || c.relname as name, pg_relation_filenode(c.oid)::text as filenode,
  coalesce((select seq_scan from pg_stat_xact_all_tables s where s.relid = c.oid), 0)::integer as scans
from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'm')`;

interface Held {
  readonly oid: number;
  readonly mode: LockMode;
}

const locksSql = `select relation::integer as oid, mode from pg_locks where pid = $1 and locktype = 'relation' and granted`;

/** Whoever plans a query on a table wants its indexes too: one that is locked exclusively keeps the table from being read. */
const indexesSql = `
select i.indexrelid::integer as oid, 'public.' || c.relname as name from pg_index i join pg_class c on c.oid = i.indrelid
where c.relnamespace = 'public'::regnamespace`;

async function seenBy(client: PostgresClient): Promise<Map<number, Seen>> {
  return new Map((await client.query<Seen>(tablesSql)).rows.map((row) => [row.oid, row]));
}

/** The strongest lock on each table, by the name that it had before. */
function strongest(
  held: readonly Held[],
  before: ReadonlyMap<number, Seen>,
  tableOfIndex: ReadonlyMap<number, string> = new Map(),
): Record<string, LockMode> {
  const locks: Record<string, LockMode> = {};
  for (const { oid, mode } of held) {
    const ofIndex = mode === 'AccessExclusiveLock' ? tableOfIndex.get(oid) : undefined;
    const name = before.get(oid)?.name ?? ofIndex;
    if (name === undefined) continue;
    const rank = Math.max(lockModes.indexOf(mode), lockModes.indexOf(locks[name] ?? mode));
    locks[name] = lockModes[rank] ?? mode;
  }
  return locks;
}

/** What Postgres itself does: the strongest lock on each table that was there, which of them were rewritten and which read. */
async function observe(sql: string) {
  return await withClient(async (client) => {
    const before = await seenBy(client);
    const indexes = (await client.query<{ oid: number; name: string }>(indexesSql)).rows;
    await client.query('begin');
    await client.query(sql);
    const own = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    const held = (await client.query<Held>(locksSql, [own.rows[0]?.pid])).rows;
    const after = await seenBy(client);
    await client.query('rollback');
    const of = (isSo: (was: Seen, is: Seen) => boolean): string[] =>
      [...before.values()]
        .filter((was) => {
          const is = after.get(was.oid);
          return is !== undefined && isSo(was, is);
        })
        .map(({ name }) => name);
    return {
      locks: strongest(held, before, new Map(indexes.map(({ oid, name }) => [oid, name]))),
      rewritten: of((was, is) => was.filenode !== is.filenode),
      read: of((was, is) => is.scans > was.scans),
    };
  });
}

/** Statement · what it is claimed to do to each table, in one word after its lock. */
const claims: readonly [string, Readonly<Record<string, string>>][] = [
  ['alter table things add column c integer', { things: 'AccessExclusiveLock catalogue' }],
  ["alter table things add column c text default 'x'", { things: 'AccessExclusiveLock catalogue' }],
  ["alter table things add column c text not null default 'x'", { things: 'AccessExclusiveLock catalogue' }],
  ['alter table things add column c timestamptz default now()', { things: 'AccessExclusiveLock catalogue' }],
  ['alter table things add column c text default fixed()', { things: 'AccessExclusiveLock catalogue' }],
  ['alter table things add column c text default stamp()', { things: 'AccessExclusiveLock rewrite' }],
  ['alter table things add column c double precision default random()', { things: 'AccessExclusiveLock rewrite' }],
  ['alter table things add column c uuid default gen_random_uuid()', { things: 'AccessExclusiveLock rewrite' }],
  ['alter table things add column c timestamptz default clock_timestamp()', { things: 'AccessExclusiveLock rewrite' }],
  ['alter table things add column c bigserial', { things: 'AccessExclusiveLock rewrite' }],
  ['alter table things add column c integer generated always as identity', { things: 'AccessExclusiveLock rewrite' }],
  [
    'alter table things add column c integer generated always as (size * 2) stored',
    { things: 'AccessExclusiveLock rewrite' },
  ],
  [
    'alter table things add column c integer generated always as (size * 2) virtual',
    { things: 'AccessExclusiveLock catalogue' },
  ],
  ['alter table things add column c positive default 1', { things: 'AccessExclusiveLock rewrite' }],
  ['alter table things add column c plain', { things: 'AccessExclusiveLock catalogue' }],
  ['alter table things add column c integer default 1 check (c > 0)', { things: 'AccessExclusiveLock scan' }],
  ['alter table things add column c integer unique', { things: 'AccessExclusiveLock build' }],
  [
    'alter table things add column c integer references owners (id)',
    { things: 'AccessExclusiveLock catalogue', owners: 'ShareRowExclusiveLock catalogue' },
  ],
  ['alter table things drop column label', { things: 'AccessExclusiveLock catalogue' }],
  ['alter table things alter column label set not null', { things: 'AccessExclusiveLock scan' }],
  ['alter table things alter column size set not null', { things: 'AccessExclusiveLock catalogue' }],
  ['alter table things alter column flag set not null', { things: 'AccessExclusiveLock scan' }],
  ['alter table things alter column id set not null', { things: 'AccessExclusiveLock catalogue' }],
  ['alter table owners alter column name drop not null', { owners: 'AccessExclusiveLock catalogue' }],
  ["alter table things alter column label set default 'y'", { things: 'AccessExclusiveLock catalogue' }],
  ['alter table things alter column label drop default', { things: 'AccessExclusiveLock catalogue' }],
  ['alter table things alter column label type varchar(40)', { things: 'AccessExclusiveLock catalogue' }],
  ['alter table things alter column label type text', { things: 'AccessExclusiveLock catalogue' }],
  ['alter table things alter column label type varchar(10)', { things: 'AccessExclusiveLock rewrite' }],
  ['alter table things alter column code type varchar(4)', { things: 'AccessExclusiveLock rewrite' }],
  ['alter table lonely alter column a type bigint', { lonely: 'AccessExclusiveLock rewrite' }],
  ['alter table owners alter column note type varchar', { owners: 'AccessExclusiveLock catalogue' }],
  ['alter table owners alter column note type varchar(100)', { owners: 'AccessExclusiveLock rewrite' }],
  ['alter table owners alter column price type numeric(12, 2)', { owners: 'AccessExclusiveLock catalogue' }],
  ['alter table owners alter column price type numeric(12, 4)', { owners: 'AccessExclusiveLock rewrite' }],
  ['alter table owners alter column price type numeric', { owners: 'AccessExclusiveLock catalogue' }],
  ['alter table owners alter column at type timestamptz(3)', { owners: 'AccessExclusiveLock rewrite' }],
  ['alter table lonely alter column a type integer using a + 1', { lonely: 'AccessExclusiveLock rewrite' }],
  ['alter table things alter column label set statistics 500', { things: 'ShareUpdateExclusiveLock catalogue' }],
  ['alter table things alter column label set storage external', { things: 'AccessExclusiveLock catalogue' }],
  ['alter table things set (fillfactor = 70)', { things: 'ShareUpdateExclusiveLock catalogue' }],
  ['alter table things reset (fillfactor)', { things: 'ShareUpdateExclusiveLock catalogue' }],
  ['alter table things set (autovacuum_enabled = false)', { things: 'ShareUpdateExclusiveLock catalogue' }],
  ['alter table lonely set unlogged', { lonely: 'AccessExclusiveLock rewrite' }],
  ['alter table things enable row level security', { things: 'AccessExclusiveLock catalogue' }],
  ['alter table things disable trigger things_touched', { things: 'ShareRowExclusiveLock catalogue' }],
  ['alter table things cluster on things_by_id', { things: 'ShareUpdateExclusiveLock catalogue' }],
  ['alter table things replica identity full', { things: 'AccessExclusiveLock catalogue' }],
  ['alter table lonely add constraint a_is_positive check (a > 0)', { lonely: 'AccessExclusiveLock scan' }],
  [
    'alter table lonely add constraint a_is_positive check (a > 0) not valid',
    { lonely: 'AccessExclusiveLock catalogue' },
  ],
  ['alter table lonely add constraint a_is_there not null a', { lonely: 'AccessExclusiveLock scan' }],
  ['alter table lonely add constraint a_is_there not null a not valid', { lonely: 'AccessExclusiveLock catalogue' }],
  ['alter table lonely add primary key (a)', { lonely: 'AccessExclusiveLock build' }],
  ['alter table lonely add constraint a_is_unique unique (a)', { lonely: 'AccessExclusiveLock build' }],
  [
    'alter table lonely add constraint no_overlap exclude using btree (a with =)',
    { lonely: 'AccessExclusiveLock build' },
  ],
  [
    'alter table things add constraint id_is_unique unique using index things_by_id',
    { things: 'AccessExclusiveLock catalogue' },
  ],
  [
    'alter table lonely add constraint of_owner foreign key (a) references owners (id)',
    { lonely: 'ShareRowExclusiveLock scan', owners: 'ShareRowExclusiveLock scan' },
  ],
  [
    'alter table lonely add constraint of_owner foreign key (a) references owners (id) not valid',
    { lonely: 'ShareRowExclusiveLock catalogue', owners: 'ShareRowExclusiveLock catalogue' },
  ],
  ['alter table things validate constraint size_is_positive', { things: 'ShareUpdateExclusiveLock scan' }],
  [
    'alter table things validate constraint other_owner',
    { things: 'ShareUpdateExclusiveLock scan', owners: 'RowShareLock scan' },
  ],
  [
    'alter table things drop constraint thing_of_owner',
    { things: 'AccessExclusiveLock catalogue', owners: 'AccessExclusiveLock catalogue' },
  ],
  ['alter table things drop constraint size_is_known', { things: 'AccessExclusiveLock catalogue' }],
  ['alter table things rename column label to title', { things: 'AccessExclusiveLock catalogue' }],
  ['alter table things rename constraint size_is_known to size_is_there', { things: 'AccessExclusiveLock catalogue' }],
  ['alter table things rename to objects', { things: 'AccessExclusiveLock catalogue' }],
  ['alter index things_by_label rename to things_by_title', {}],
  ['alter table things alter constraint thing_of_owner deferrable', { things: 'AccessExclusiveLock catalogue' }],
  [
    'alter table parts attach partition parts_2 for values in (2)',
    {
      parts: 'ShareUpdateExclusiveLock catalogue',
      parts_2: 'AccessExclusiveLock scan',
      parts_rest: 'AccessExclusiveLock scan',
    },
  ],
  [
    'alter table parts detach partition parts_1',
    {
      parts: 'AccessExclusiveLock catalogue',
      parts_1: 'AccessExclusiveLock catalogue',
      parts_rest: 'AccessExclusiveLock catalogue',
    },
  ],
  ['create index on lonely (a)', { lonely: 'ShareLock build' }],
  ['create unique index on lonely (a) where b > 3', { lonely: 'ShareLock build' }],
  ['drop index things_by_label', { things: 'AccessExclusiveLock catalogue' }],
  ['reindex table things', { things: 'AccessExclusiveLock build' }],
  ['reindex index things_by_label', { things: 'AccessExclusiveLock build' }],
  ['create table fresh (id integer)', {}],
  ['create table fresh (owner_id integer references owners (id))', { owners: 'ShareRowExclusiveLock catalogue' }],
  ['create table fresh (like things including all)', { things: 'AccessShareLock catalogue' }],
  [
    'create table fresh as select id from lonely join owners on id = a',
    { lonely: 'AccessShareLock scan', owners: 'AccessShareLock scan' },
  ],
  [
    'create table parts_9 partition of parts for values in (9)',
    { parts: 'AccessExclusiveLock catalogue', parts_rest: 'AccessExclusiveLock scan' },
  ],
  ['drop table lonely', { lonely: 'AccessExclusiveLock catalogue' }],
  ['drop table things', { things: 'AccessExclusiveLock catalogue', owners: 'AccessExclusiveLock catalogue' }],
  ['drop view both_names', {}],
  ['drop materialized view seen', { seen: 'AccessExclusiveLock catalogue' }],
  ['truncate lonely', { lonely: 'AccessExclusiveLock catalogue' }],
  ['truncate owners cascade', { owners: 'AccessExclusiveLock catalogue', things: 'AccessExclusiveLock catalogue' }],
  ['delete from lonely', { lonely: 'RowExclusiveLock rows' }],
  ['update lonely set a = 1 where b = 2', { lonely: 'RowExclusiveLock rows' }],
  ['insert into lonely select id, id from owners', { lonely: 'RowExclusiveLock rows', owners: 'AccessShareLock scan' }],
  ['select count(*) from lonely', { lonely: 'AccessShareLock scan' }],
  ['lock table lonely in share mode', { lonely: 'ShareLock catalogue' }],
  [
    'create trigger t after insert on lonely for each row execute function touch()',
    { lonely: 'ShareRowExclusiveLock catalogue' },
  ],
  ['drop trigger things_touched on things', { things: 'AccessExclusiveLock catalogue' }],
  ['create policy p on lonely using (true)', { lonely: 'AccessExclusiveLock catalogue' }],
  ['drop policy things_seen on things', { things: 'AccessExclusiveLock catalogue' }],
  ['drop rule lonely_rule on lonely', { lonely: 'AccessExclusiveLock catalogue' }],
  ['create rule r as on delete to lonely do also nothing', { lonely: 'AccessExclusiveLock catalogue' }],
  ['create statistics s on a, b from lonely', { lonely: 'ShareUpdateExclusiveLock catalogue' }],
  ["comment on table lonely is 'x'", { lonely: 'ShareUpdateExclusiveLock catalogue' }],
  ["comment on column lonely.a is 'x'", { lonely: 'ShareUpdateExclusiveLock catalogue' }],
  ['create view names as select name from owners', { owners: 'AccessShareLock catalogue' }],
  ['create function f() returns integer language sql as $$select 1$$', {}],
  ['create schema apart', {}],
  ["alter type mood add value 'bad'", {}],
  ['grant select on lonely to plimsoll_app', { lonely: 'AccessShareLock catalogue' }],
  ['alter sequence numbers cycle', {}],
  ['refresh materialized view seen', { seen: 'AccessExclusiveLock rewrite' }],
  ['refresh materialized view concurrently seen', { seen: 'ExclusiveLock rows' }],
  ['cluster lonely using lonely_none', { lonely: 'AccessExclusiveLock rewrite' }],
  ['vacuum (full false) lonely', { lonely: 'ShareUpdateExclusiveLock scan' }],
  ['vacuum (full) lonely', { lonely: 'AccessExclusiveLock rewrite' }],
  ['analyze lonely', { lonely: 'ShareUpdateExclusiveLock scan' }],
  // Partitions and heirs.
  ...everyOf('alter table tree add column c integer', 'AccessExclusiveLock catalogue'),
  ...everyOf('alter table tree add column c double precision default random()', 'AccessExclusiveLock rewrite'),
  ...everyOf('alter table tree drop column note', 'AccessExclusiveLock catalogue'),
  ...everyOf('alter table tree alter column id type bigint', 'AccessExclusiveLock rewrite'),
  ...everyOf('alter table tree alter column id set not null', 'AccessExclusiveLock scan'),
  ...everyOf("alter table tree alter column note set default 'x'", 'AccessExclusiveLock catalogue'),
  ...everyOf('alter table tree alter column note set storage external', 'AccessExclusiveLock catalogue'),
  ...everyOf('alter table tree alter column note set statistics 50', 'ShareUpdateExclusiveLock catalogue'),
  ...everyOf('alter table tree add constraint positive check (id > 0)', 'AccessExclusiveLock scan'),
  ...everyOf('alter table tree add constraint positive check (id > 0) not valid', 'AccessExclusiveLock catalogue'),
  ...everyOf('alter table tree add primary key (id, kind)', 'AccessExclusiveLock build'),
  ...everyOf('alter table tree rename column note to title', 'AccessExclusiveLock catalogue'),
  ...everyOf('create index on tree (id)', 'ShareLock build'),
  ...everyOf('drop index tree_by_note', 'AccessExclusiveLock catalogue'),
  ...everyOf('truncate tree', 'AccessExclusiveLock catalogue'),
  ...everyOf('drop table tree', 'AccessExclusiveLock catalogue'),
  ...everyOf('lock table tree in share mode', 'ShareLock catalogue'),
  ...everyOf('delete from tree', 'RowExclusiveLock rows'),
  ...everyOf("update tree set note = 'z'", 'RowExclusiveLock rows'),
  ...everyOf(
    'create trigger t after insert on tree for each row execute function touch()',
    'ShareRowExclusiveLock catalogue',
  ),
  ['create index on only tree (id)', { tree: 'ShareLock build' }],
  ['alter table tree rename to forest', { tree: 'AccessExclusiveLock catalogue' }],
  ['alter table tree owner to current_user', { tree: 'AccessExclusiveLock catalogue' }],
  ['alter table tree enable row level security', { tree: 'AccessExclusiveLock catalogue' }],
  [
    'alter table tree attach partition branch for values in (7)',
    {
      tree: 'ShareUpdateExclusiveLock catalogue',
      branch: 'AccessExclusiveLock scan',
      branch_7: 'AccessExclusiveLock scan',
    },
  ],
  [
    'alter table parent add column c integer',
    { parent: 'AccessExclusiveLock catalogue', child: 'AccessExclusiveLock catalogue' },
  ],
  [
    'alter table parent alter column id type bigint',
    { parent: 'AccessExclusiveLock rewrite', child: 'AccessExclusiveLock rewrite' },
  ],
  ["alter table only parent alter column note set default 'x'", { parent: 'AccessExclusiveLock catalogue' }],
  ['truncate parent', { parent: 'AccessExclusiveLock catalogue', child: 'AccessExclusiveLock catalogue' }],
  // What the regression suite of Postgres has besides.
  ['alter table numbered alter column id drop identity', { numbered: 'AccessExclusiveLock catalogue' }],
  ['alter table numbered alter column id set generated by default', { numbered: 'AccessExclusiveLock catalogue' }],
  ['alter table numbered alter column twice drop expression', { numbered: 'AccessExclusiveLock catalogue' }],
  ['alter table numbered alter column twice set expression as (size * 3)', { numbered: 'AccessExclusiveLock rewrite' }],
  ['alter table owners alter column note set compression pglz', { owners: 'AccessExclusiveLock catalogue' }],
  ['alter table things disable trigger user', { things: 'ShareRowExclusiveLock catalogue' }],
  ['alter table lonely disable rule lonely_rule', { lonely: 'AccessExclusiveLock catalogue' }],
  ['alter table things set without cluster', { things: 'ShareUpdateExclusiveLock catalogue' }],
  ['alter table things force row level security', { things: 'AccessExclusiveLock catalogue' }],
  ['alter table things replica identity using index things_pkey', { things: 'AccessExclusiveLock catalogue' }],
  [
    'alter table things alter column size type bigint',
    { things: 'AccessExclusiveLock rewrite', owners: 'AccessExclusiveLock scan' },
  ],
  [
    'alter table codes alter column id type bigint',
    { codes: 'AccessExclusiveLock rewrite', uses: 'AccessExclusiveLock scan' },
  ],
  [
    'alter table things drop column owner_id',
    { things: 'AccessExclusiveLock catalogue', owners: 'AccessExclusiveLock catalogue' },
  ],
  [
    'alter table owners drop constraint owners_pkey cascade',
    { owners: 'AccessExclusiveLock catalogue', things: 'AccessExclusiveLock catalogue' },
  ],
  ['alter table things alter column label type varchar', { things: 'AccessExclusiveLock catalogue' }],
  ['alter table owners alter column at type date', { owners: 'AccessExclusiveLock rewrite' }],
  ['alter policy things_seen on things using (false)', { things: 'AccessExclusiveLock catalogue' }],
  ['alter trigger things_touched on things rename to t', { things: 'AccessExclusiveLock catalogue' }],
  ['alter table lonely set schema public', { lonely: 'AccessExclusiveLock catalogue' }],
  ['alter materialized view seen rename to known', { seen: 'AccessExclusiveLock catalogue' }],
  ['create or replace view both_names as select name from owners', { owners: 'AccessShareLock catalogue' }],
  [
    'with gone as (delete from lonely returning a) insert into numbered (size) select a from gone',
    { lonely: 'RowExclusiveLock rows', numbered: 'RowExclusiveLock rows' },
  ],
  ['with gone as (delete from lonely returning a) select count(*) from gone', { lonely: 'RowExclusiveLock rows' }],
  [
    'merge into watched w using owners o on w.a = o.id when matched then delete',
    { watched: 'RowExclusiveLock rows', owners: 'AccessShareLock scan' },
  ],
];

/** The same of a table with partitions and partitions of these. */
function everyOf(sql: string, does: string): [string, Readonly<Record<string, string>>][] {
  return [[sql, { tree: does, tree_1: does, tree_2: does, tree_2_2: does, tree_2_3: does }]];
}

test.each(claims)('%s', async (sql, claimed) => {
  const effects = await claimOf(sql);
  expect(
    Object.fromEntries(effects.map(({ table, lock, work }) => [table.replace('public.', ''), `${lock} ${work}`])),
  ).toEqual(claimed);
  // Neither runs inside a transaction, or names an index that is there.
  if (/^(cluster|vacuum) /.test(sql)) return;
  const observed = await observe(sql);
  const locks = Object.fromEntries(effects.map(({ table, lock }) => [table, lock]));
  expect(withoutReading(observed.locks), 'the locks that Postgres holds').toEqual(withoutReading(locks));
  const withWork = (...works: string[]): string[] =>
    effects.filter(({ work }) => works.includes(work)).map(({ table }) => table);
  const isEmptied = sql.startsWith('truncate');
  expect(observed.rewritten.sort(), 'the tables that Postgres rewrites').toEqual(
    (isEmptied ? effects.map(({ table }) => table) : withWork('rewrite')).filter(hasFile).sort(),
  );
  const untouched = withWork('catalogue');
  if (!isEmptied)
    expect(
      observed.read.filter((table) => untouched.includes(table)),
      'read, though only its catalogue was to be changed',
    ).toEqual([]);
});

/** A table with partitions has no rows of its own. */
function hasFile(table: string): boolean {
  return catalogue.tables.get(table)?.partitioned === false;
}

/** Whoever reads a table holds this lock; what a view or a function reads is not in the statement. */
function withoutReading(locks: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(locks).filter(([, mode]) => mode !== 'AccessShareLock'));
}

/** Outside a transaction, on a table that somebody else has just written: it waits there, and its locks can be seen. */
const concurrent: readonly [string, string, Readonly<Record<string, string>>][] = [
  ['lonely', 'create index concurrently on lonely (b)', { lonely: 'ShareUpdateExclusiveLock build' }],
  ['things', 'drop index concurrently things_by_size', { things: 'ShareUpdateExclusiveLock catalogue' }],
  ['things', 'reindex index concurrently things_by_label', { things: 'ShareUpdateExclusiveLock build' }],
  ['things', 'reindex table concurrently things', { things: 'ShareUpdateExclusiveLock build' }],
];

test.each(concurrent)('on a %s that is being written: %s', async (table, sql, claimed) => {
  const effects = await claimOf(sql);
  expect(
    Object.fromEntries(effects.map((effect) => [effect.table.replace('public.', ''), `${effect.lock} ${effect.work}`])),
  ).toEqual(claimed);
  await withClient(async (writer) => {
    await writer.query(`begin; delete from ${table} where false`);
    await withClient(async (client) => {
      const before = await seenBy(client);
      const own = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
      const pid = own.rows[0]?.pid;
      const running = client.query(sql);
      await waitFor(
        async () =>
          (await writer.query('select 1 from pg_locks where pid = $1 and not granted', [pid])).rows.length > 0,
        { what: 'it to wait for the writer' },
      );
      const held = (await writer.query<Held>(locksSql, [pid])).rows;
      expect(strongest(held, before)).toEqual({ [`public.${table}`]: effects[0]?.lock });
      await writer.query('rollback');
      await running;
    });
  });
});

test("a table that the migration itself makes is nobody else's, and is not told of", async () => {
  expect(await claimOf('create index on not_there_yet (id)')).toEqual([]);
});

test.each([
  ['do $$ begin null; end $$', 'a DO block runs code that cannot be read'],
  ['call something()', 'a procedure is called'],
  ['create extension hstore', 'an extension runs its own script'],
  ['drop schema public cascade', 'what DropStmt does is not known to preflight'],
  [
    'alter domain positive add constraint small check (value < 9)',
    'what AlterDomainStmt does is not known to preflight',
  ],
  ['alter type mood rename attribute a to b cascade', 'what RenameStmt does is not known to preflight'],
  ['alter type mood drop attribute a cascade', 'what AlterTableStmt does is not known to preflight'],
  ['select change_all()', 'change_all() runs code that cannot be read'],
  ['update lonely set b = change_all()', 'change_all() runs code that cannot be read'],
  ['select made_a_moment_ago(1)', 'made_a_moment_ago() runs code that cannot be read'],
  ['delete from all_watched where a = 1', 'it writes through the view all_watched'],
  ['set search_path to elsewhere', 'the names that follow are looked up in other schemas'],
  ['copy lonely from program $$true$$', 'what CopyStmt does is not known to preflight'],
])('nobody can foresee %s', async (sql, unforeseen) => {
  const parsed = await parseSql(sql);
  const [statement] = 'statements' in parsed ? parsed.statements : [];
  expect(statement === undefined ? undefined : foresee(statement.node, catalogue)).toMatchObject({ unforeseen });
});
