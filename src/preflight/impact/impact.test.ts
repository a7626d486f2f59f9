import { expect, test } from 'vitest';
import type { MigrationDefinition } from '../../migrator/index.ts';
import type { LiveCatalogue, LiveTable } from './catalogue.ts';
import { acknowledgementOf, impactOf } from './impact.ts';
import type { PastPace } from './past.ts';

function table(change: Partial<LiveTable> = {}): LiveTable {
  return {
    rows: 3_400_000,
    bytes: 1.2e9,
    filled: true,
    indexBytes: 4e8,
    writesPerSecond: 120,
    partitioned: false,
    tablespace: '',
    columns: new Map([['id', { type: 'integer', notNull: true }]]),
    validChecks: [],
    references: new Map(),
    linked: new Map(),
    referencedBy: [],
    children: [],
    defaultPartition: undefined,
    ...change,
  };
}

const catalogue: LiveCatalogue = {
  tables: new Map([
    ['public.leases', table()],
    ['public.small', table({ rows: 10, bytes: 8192, indexBytes: 8192, writesPerSecond: 0 })],
    ['public.hollow', table({ rows: 0, bytes: 8192, filled: false, indexBytes: 0, writesPerSecond: 0 })],
  ]),
  indexes: new Map(),
  volatileFunctions: new Set(['random']),
  harmlessFunctions: new Set(['random']),
  views: new Set(),
  constrainedDomains: new Set(),
};

function migration(sql: string, change: Partial<MigrationDefinition> = {}): MigrationDefinition {
  return {
    database: 'jobs',
    version: 42,
    name: 'split_leases',
    checksum: 'c'.repeat(64),
    transactional: true,
    oldestCompatible: 41,
    sql,
    path: '',
    ...change,
  };
}

/** A deployment that has built and rewritten before, and that has never read a table through. */
const pace: PastPace = { lightSeconds: 0.01, bytesPerSecond: { rewrite: 40e6, build: 40e6 } };
const unknownPace: PastPace = { lightSeconds: undefined, bytesPerSecond: {} };

const judge = async (sql: string, change: Partial<MigrationDefinition> = {}) =>
  await impactOf(migration(sql, change), { catalogue, horizon: 41, pace });

test('a rewrite of a large and busy table is dangerous, told in numbers', async () => {
  const impact = await judge('alter table leases alter column id type bigint;');
  expect(impact).toMatchObject({ seconds: 40.01, secondsFrom: 'past', roomBytes: 3.2e9, rehearsed: null });
  expect(impact.effects).toMatchObject([{ table: 'public.leases', rows: 3_400_000, bytes: 1.2e9, workBytes: 1.6e9 }]);
  expect(impact.dangers).toEqual([
    'leases (1.2 GB, 3,400,000 rows, 120.0 writes/s) can be neither read nor written for about 40 s: changes the type of id',
  ]);
  expect(impact.summary).toBe(
    'jobs/0042_split_leases: leases changes the type of id (AccessExclusiveLock, writes every row anew; 1.2 GB, 3,400,000 rows, 120.0 writes/s); about 40 s, at the pace of earlier migrations here',
  );
});

test('what nothing measured tells is not known, and dangerous by its size alone', async () => {
  const sql = 'alter table leases alter column id type bigint;';
  const impact = await impactOf(migration(sql), { catalogue, horizon: 41, pace: unknownPace });
  expect(impact).toMatchObject({ seconds: null, secondsFrom: 'unknown' });
  expect(impact.dangers).toEqual([
    expect.stringContaining('can be neither read nor written for a time that only a rehearsal tells: changes the type'),
  ]);
  expect(impact.summary).toMatch(/; how long it takes is not known$/);
});

test('what a rehearsal measured goes before the past, and shows that a lock is held too shortly to matter', async () => {
  const sql = 'alter table leases alter column id type bigint;';
  const measured = { walBytes: 0, tempBytes: 0, diskBytes: 0, peakDiskBytes: 0, rowsWritten: 0, locks: [] };
  const rehearsed = { database: 'jobs' as const, version: 42, name: 'split_leases', seconds: 1.5, ...measured };
  const impact = await impactOf(migration(sql), { catalogue, horizon: 41, pace, rehearsed });
  expect(impact).toMatchObject({ seconds: 1.5, secondsFrom: 'rehearsal', dangers: [], rehearsed });
  expect(impact.summary).toMatch(/; about 2 s, as rehearsed$/);
});

test('an index build keeps a table from being written, unless it is concurrent', async () => {
  expect((await judge('create index on leases (id);')).dangers).toEqual([
    expect.stringContaining('can be read but not written for about 30 s: builds an index'),
  ]);
  expect((await judge('create index concurrently on leases (id);', { transactional: false })).dangers).toEqual([]);
});

test('what only changes the catalogue is no danger, however large the table; nor is a rewrite of a small one', async () => {
  expect((await judge('alter table leases add column note text;')).dangers).toEqual([]);
  expect((await judge('alter table small alter column id type bigint;')).dangers).toEqual([]);
});

test('a lock taken early is held for what comes after it in the same file', async () => {
  const sql = 'alter table leases add column note text; update leases set note = $$x$$;';
  expect((await judge(sql)).dangers).toEqual([
    expect.stringMatching(/neither read nor written for a time that .* tells: adds column note, every row is updated$/),
  ]);
});

test.each([
  ['drop table small;', 1],
  ['alter table small drop column id;', 1],
  ['delete from small where id = 1;', 1],
  ['truncate small;', 1],
  ['alter table small drop column id; drop table small;', 2],
  ['drop table hollow;', 0],
  ['drop index small_by_id;', 0],
])('%s loses data: %i dangers', async (sql, count) => {
  expect((await judge(sql)).dangers).toHaveLength(count);
});

test('a file that the parser refuses is unforeseen, and never a crash', async () => {
  expect((await judge('alter tabel x;')).unforeseen).toEqual([
    'the parser of Postgres 18 refuses it: syntax error at or near "tabel"',
  ]);
});

test('the line of what cannot be foreseen is that of the file, also behind comments and letters of several bytes', async () => {
  const sql = '-- größer\nselect 1;\n\n/* näher\n */ -- dran\ndo $$ begin end $$;';
  expect((await judge(sql)).unforeseen).toEqual(['line 6: a DO block runs code that cannot be read']);
});

test('nothing can be harmed in an empty database, whatever the file holds', async () => {
  const empty = { ...catalogue, tables: new Map<string, LiveTable>() };
  const impact = await impactOf(migration('do $$ begin end $$;'), { catalogue: empty, horizon: 0, pace });
  expect(impact).toMatchObject({ unforeseen: [], dangers: [], effects: [] });
});

test('a migration that older software does not survive moves the horizon', async () => {
  expect(await judge('select 1;')).toMatchObject({ movesHorizon: false });
  expect(await judge('select 1;', { oldestCompatible: 42 })).toMatchObject({ movesHorizon: true });
});

test('the hash stands for the contents of the dangerous migrations, and for those alone', async () => {
  const dangerous = await judge('drop table small;');
  const harmless = await judge('select 1;', { version: 43 });
  const hash = acknowledgementOf([dangerous, harmless], () => 'a');
  expect(hash).toMatch(/^[0-9a-f]{16}$/);
  expect(acknowledgementOf([dangerous], () => 'a')).toBe(hash);
  expect(acknowledgementOf([dangerous], () => 'b')).not.toBe(hash);
  expect(acknowledgementOf([harmless], () => 'a')).toBeNull();
});

test('what a table loses is told also when a common table expression or a merge deletes it', async () => {
  const loss = [expect.stringMatching(/^small: rows are (merged and )?deleted, and what was there is gone/)];
  expect(
    (await judge('with gone as (delete from small where id = 1 returning *) select 1 from gone;')).dangers,
  ).toEqual(loss);
  const merging = 'merge into small s using leases l on s.id = l.id when matched then delete;';
  expect((await judge(merging)).dangers).toEqual(loss);
});

test('what is done to a table with partitions is done to each of them, and it is their size that counts', async () => {
  const tables = new Map([
    [
      'public.parts',
      table({ bytes: 0, filled: false, writesPerSecond: 0, partitioned: true, children: ['public.part_1'] }),
    ],
    ['public.part_1', table()],
  ]);
  const foreseen = async (sql: string) =>
    await impactOf(migration(sql), { catalogue: { ...catalogue, tables }, horizon: 41, pace });
  expect((await foreseen('alter table parts alter column id type bigint;')).dangers).toEqual([
    expect.stringMatching(/^part_1 \(1\.2 GB, .*neither read nor written/),
  ]);
  expect((await foreseen('drop table parts;')).dangers).toEqual([expect.stringMatching(/^part_1: is dropped/)]);
});

test('a function that is not one of Postgres is code that nobody has read, and what the statement says is told all the same', async () => {
  const { dangers, unforeseen } = await judge('delete from small where id = chosen();');
  expect(unforeseen).toEqual(['line 1: chosen() runs code that cannot be read']);
  expect(dangers).toHaveLength(1);
});
