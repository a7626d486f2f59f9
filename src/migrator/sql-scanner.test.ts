import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { scanSql } from './sql-scanner.ts';

function texts(sql: string): string[] {
  return scanSql(sql).statements.map(({ start, end }) => sql.slice(start, end));
}

test.each([
  ['select 1; select 2', ['select 1', 'select 2']],
  [';;select 1;;', ['select 1']],
  ["select ';'; select 'it''s;'", ["select ';'", "select 'it''s;'"]],
  ["select e'\\';'; select 2", ["select e'\\';'", 'select 2']],
  ["select '\\'; select 2", ["select '\\'", 'select 2']],
  ["select e'a'\n'\\';'; select 2", ["select e'a'\n'\\';'", 'select 2']],
  ["select type'x;'; select 2", ["select type'x;'", 'select 2']],
  ['select ";""; "; select 2', ['select ";""; "', 'select 2']],
  ['select $$;$a$;$$; select 2', ['select $$;$a$;$$', 'select 2']],
  ['select $a$;$$;$b$;$a$; select 2', ['select $a$;$$;$b$;$a$', 'select 2']],
  ['select a$b$; select $1; select c$b$', ['select a$b$', 'select $1', 'select c$b$']],
  ['-- a; b\nselect 1 -- ; c', ['select 1']],
  ['/* ; /* ; */ ; */ select 1', ['select 1']],
  [
    'create rule r as on insert to t do also (select 1; select 2); select 3',
    ['create rule r as on insert to t do also (select 1; select 2)', 'select 3'],
  ],
  [
    'create function f() returns int begin atomic select case when true then 1 end; select 2; end; select 3',
    ['create function f() returns int begin atomic select case when true then 1 end; select 2; end', 'select 3'],
  ],
  ['select été; select 2', ['select été', 'select 2']],
])('%j is split where psql would split it', (sql, statements) => {
  expect(texts(sql)).toEqual(statements);
});

test('the first tokens are words in lower case and names without their quotes', () => {
  expect(scanSql('/* x */ CREATE Unique INDEX "My ""Idx""" on T (a)').statements[0]?.lead).toEqual([
    'create',
    'unique',
    'index',
    'My "Idx"',
    'on',
    't',
    '(',
    'a',
    ')',
  ]);
});

test('a copy is read to its end, however many columns it names', () => {
  const columns = Array.from({ length: 40 }, (_, index) => `c${index}`).join(', ');
  expect(scanSql(`copy t (${columns}) from stdin`).statements[0]?.lead.slice(-2)).toEqual(['from', 'stdin']);
});

test('a backslash counts as a psql command only outside quotes and comments', () => {
  expect(scanSql("select '\\d'; -- \\d\nselect $$\\d$$").metaCommandAt).toBe(-1);
  expect(scanSql('select 1 \\gexec').metaCommandAt).toBe(9);
});

test.each([
  ["select 'a", 'a quoted text'],
  ['select "a', 'a quoted name'],
  ['select $x$ a $$', 'a $x$ text'],
  ['/* a /* b */', 'a /* comment'],
])('%j is reported as ending inside %s', (sql, unterminated) => {
  expect(scanSql(sql).unterminated).toBe(unterminated);
});

/** Anything at all, made safe for one way of quoting and then full of what would mislead a naive splitter. */
const nasty = fc.array(
  fc.constantFrom(';', "'", '"', '$$', '$a$', '--', '/*', '*/', '\\', '\n', 'begin', 'é', ' ', '('),
  {
    maxLength: 12,
  },
);
const quotedPiece = nasty.chain((parts) => {
  const text = parts.join('');
  return fc.constantFrom(
    `'${text.replaceAll("'", "''")}'`,
    `E'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`,
    `"${text.replaceAll('"', '""')}x"`,
    `$q$${text}$q$`,
    `-- ${text.replaceAll('\n', ' ')}\n`,
    `/* ${text.replaceAll('/*', '').replaceAll('*/', '')} */`,
  );
});
const statement = fc.array(quotedPiece, { maxLength: 4 }).map((pieces) => `select ${pieces.join(' , ')} end_of`);

test('however the quoted parts look, statements end at the semicolons between them', () => {
  fc.assert(
    fc.property(fc.array(statement, { maxLength: 5 }), (statements) => {
      const scan = scanSql(statements.join(';'));
      expect(scan.statements).toHaveLength(statements.length);
      expect(scan.unterminated).toBeUndefined();
      expect(scan.metaCommandAt).toBe(-1);
    }),
  );
});

test('any text at all is scanned to its end, in ranges that follow each other', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        nasty.map((parts) => parts.join('')),
      ),
      (sql) => {
        let last = 0;
        for (const { start, end } of scanSql(sql).statements) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThan(start);
          last = end;
        }
        expect(last).toBeLessThanOrEqual(sql.length);
      },
    ),
  );
});
