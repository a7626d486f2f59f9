import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createMigrationsFolder } from '../../test/testkit/index.ts';
import { AppError } from '../base/index.ts';
import { readDefinitions } from './definitions.ts';

const testdata = join(import.meta.dirname, 'testdata');

/** The fault folders and the code each must be refused with. */
const faults: Readonly<Record<string, string>> = {
  'name-invalid': 'migration_name_invalid',
  'name-upper-case': 'migration_name_invalid',
  gap: 'migration_gap',
  'gap-at-the-start': 'migration_gap',
  duplicate: 'migration_duplicate',
  'empty-file': 'migration_empty',
  'only-comments': 'migration_empty',
  'not-utf8': 'migration_not_utf8',
  'byte-order-mark': 'migration_not_utf8',
  'unterminated-string': 'migration_unterminated',
  'unterminated-comment': 'migration_unterminated',
  'header-key-unknown': 'migration_header_unknown',
  'header-value-malformed': 'migration_header_malformed',
  'header-not-key-value': 'migration_header_malformed',
  'header-given-twice': 'migration_header_malformed',
  'header-after-the-first-statement': 'migration_header_misplaced',
  'oldest-compatible-above-own-version': 'migration_oldest_compatible_invalid',
  'oldest-compatible-zero': 'migration_oldest_compatible_invalid',
  'oldest-compatible-not-a-number': 'migration_header_malformed',
  'transaction-begin': 'migration_transaction_control',
  'transaction-commit-between': 'migration_transaction_control',
  'transaction-rollback': 'migration_transaction_control',
  'two-statements-without-transaction': 'migration_not_single_statement',
  'psql-command': 'migration_psql_command',
  'copy-from-stdin': 'migration_copy_from_stdin',
  'folder-of-no-database': 'migrations_unknown_database',
  'folder-missing': 'migrations_unreadable',
};

test.each(Object.entries(faults))(
  'the fault folder %s is refused with %s, names the file and says what to do',
  async (fault, code) => {
    const error = await readDefinitions(join(testdata, fault)).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code, message: expect.stringContaining(join(testdata, fault)) });
    expect((error as AppError).hint).toMatch(/\.$/);
  },
);

test('every folder of test data is either sound or in the table of faults', () => {
  expect(readdirSync(testdata).sort()).toEqual([...Object.keys(faults), 'sound'].sort());
});

test('a sound folder is read in order, with its headers, and leaves schema.sql and the README aside', async () => {
  const { config } = await readDefinitions(join(testdata, 'sound'));
  expect(
    config.map(({ version, name, transactional, oldestCompatible }) => ({
      version,
      name,
      transactional,
      oldestCompatible,
    })),
  ).toEqual([
    { version: 1, name: 'create_a', transactional: true, oldestCompatible: 0 },
    { version: 2, name: 'index_a', transactional: false, oldestCompatible: 1 },
    { version: 3, name: 'break_a', transactional: true, oldestCompatible: 3 },
  ]);
});

test("a checksum is the SHA-256 of the file's bytes", async () => {
  const { jobs } = await readDefinitions(join(testdata, 'sound'));
  const bytes = readFileSync(join(testdata, 'sound/jobs/0001_create_c.sql'));
  expect(jobs[0]?.checksum).toBe(createHash('sha256').update(bytes).digest('hex'));
});

test('a text that holds U+FFFD itself is UTF-8 like any other', async () => {
  using release = createMigrationsFolder({ config: ["comment on schema public is '\uFFFD';"] });
  const { config } = await readDefinitions(release.dir);
  expect(config[0]?.sql).toContain('\uFFFD');
});

test('the migrations of this release are sound', async () => {
  const definitions = await readDefinitions(join(import.meta.dirname, '../../migrations'));
  expect(Object.values(definitions).every((list) => list.length > 0)).toBe(true);
});
