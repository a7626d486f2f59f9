import { expect, test } from 'vitest';
import { databaseNames, type DatabaseName, type Manifest } from '../contract/index.ts';
import type { Definitions, MigrationDefinition } from '../migrator/index.ts';
import { recordOf } from './published.ts';
import { checkSuccession } from './succession.ts';

interface Sketch {
  readonly version: string;
  readonly from?: string;
  readonly window?: readonly [number, number];
  /** Of the jobs database: for each migration its oldest-compatible. */
  readonly jobs: readonly number[];
  readonly requires?: number;
  /** Stands in for what is in the files. */
  readonly contents?: string;
}

function release({ version, from = '>=1.0.0', window = [1, 2], jobs, requires, contents = 'a' }: Sketch) {
  const manifest: Manifest = {
    manifestVersion: 1,
    appVersion: version,
    upgradableFrom: from,
    databases: {
      config: { schemaVersion: 0 },
      results: { schemaVersion: 0 },
      jobs: { schemaVersion: requires ?? jobs.length },
    },
    scannerProtocol: { min: window[0], max: window[1] },
    postgres: { min: 14, max: 18 },
  };
  const migrations = (database: DatabaseName): MigrationDefinition[] =>
    (database === 'jobs' ? jobs : []).map((oldestCompatible, index) => ({
      database,
      version: index + 1,
      name: 'change_it',
      checksum: contents.repeat(64),
      transactional: true,
      oldestCompatible,
      sql: '',
      path: '',
    }));
  const entries = databaseNames.map((database) => [database, migrations(database)]);
  return { manifest, definitions: Object.fromEntries(entries) as Definitions };
}

function codesAfter(published: readonly Sketch[], now: Sketch): string[] {
  const records = published.map(release).map(({ manifest, definitions }) => recordOf(manifest, definitions));
  const { manifest, definitions } = release(now);
  return checkSuccession(manifest, definitions, records).map(({ code }) => code);
}

const first: Sketch = { version: '1.0.0', jobs: [0, 1] };
const expanded: Sketch = { version: '1.1.0', jobs: [0, 1, 2] };

test.each<[what: string, published: readonly Sketch[], now: Sketch, codes: readonly string[]]>([
  ['the first release follows nothing', [], first, []],
  ['a release that was recorded is still itself', [first], first, []],
  ['one that only adds follows', [first], expanded, []],
  ['one that is recorded follows with the record of a later one beside it', [first, expanded], expanded, []],
  ['more migrations under a published version', [first], { ...first, jobs: [0, 1, 1] }, ['release_published']],
  ['another window under a published version', [first], { ...first, window: [1, 3] }, ['release_published']],
  [
    'published migrations whose files changed',
    [first],
    { ...expanded, contents: 'b' },
    ['release_migration_changed', 'release_migration_changed'],
  ],
  [
    'a published migration that was removed',
    [first],
    { ...expanded, jobs: [0] },
    ['release_migration_changed', 'release_schema_went_back'],
  ],
  ['a range that leaves the last release out', [first], { ...expanded, from: '>=1.1.0' }, ['release_unreachable']],
  [
    'a contract migration that stops the release before',
    [first],
    { ...expanded, jobs: [0, 1, 3] },
    ['release_contract_too_early'],
  ],
  [
    'a contract migration of which only the last release is clear, while an older one may come too',
    [first, expanded],
    { version: '1.2.0', jobs: [0, 1, 2, 3] },
    ['release_contract_too_early'],
  ],
  [
    'the same with the older one left out',
    [first, expanded],
    { version: '1.2.0', from: '>=1.1.0', jobs: [0, 1, 2, 3] },
    [],
  ],
  [
    'a contract migration that was published already is not held against later releases',
    [expanded],
    { version: '1.2.0', from: '>=1.1.0', jobs: [0, 1, 2, 3] },
    [],
  ],
  ['a schema version below the one of before', [first], { ...expanded, requires: 1 }, ['release_schema_went_back']],
  [
    'a window that begins lower',
    [{ ...first, window: [2, 3] }],
    { ...expanded, window: [1, 3] },
    ['release_window_widened_down'],
  ],
  [
    'a window that ends lower',
    [{ ...first, window: [1, 3] }],
    { ...expanded, window: [1, 2] },
    ['release_window_lowered'],
  ],
  ['a window that moved up and still overlaps', [first], { ...expanded, window: [2, 3] }, []],
  ['a window that no scanner of before is in', [first], { ...expanded, window: [3, 4] }, ['release_windows_apart']],
  [
    'the release before is the highest one below, not the newest file',
    [first, { ...expanded, version: '2.0.0', window: [2, 3] }],
    { ...expanded, window: [1, 2] },
    [],
  ],
])('%s', (_, published, now, codes) => {
  expect(codesAfter(published, now)).toEqual(codes);
});
