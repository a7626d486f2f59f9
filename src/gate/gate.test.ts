import { expect, test } from 'vitest';
import type { DatabasePosture, Maintenance, Manifest, SchemaProblem } from '../contract/index.ts';
import { createGate } from './gate.ts';

const manifest: Manifest = {
  manifestVersion: 1,
  appVersion: '1.4.0',
  upgradableFrom: '>=1.0.0',
  databases: { config: { schemaVersion: 7 }, results: { schemaVersion: 4 }, jobs: { schemaVersion: 5 } },
  scannerProtocol: { min: 1, max: 2 },
  postgres: { min: 14, max: 18 },
};

function setup() {
  let time = new Date('2026-11-22T17:00:00.000Z');
  const gate = createGate({ manifest, clock: { now: () => time }, migratorCommand: 'npx plimsoll migrator' });
  return {
    gate,
    at: (minute: number) => {
      time = new Date(Date.UTC(2026, 10, 22, 17, minute));
    },
  };
}

function database(change: Partial<DatabasePosture> = {}): DatabasePosture {
  return {
    name: 'config',
    status: 'ok',
    current: 7,
    required: 7,
    pending: [],
    problems: [],
    migrating: false,
    aheadAllowed: null,
    error: null,
    readAt: '2026-11-22T17:00:00.000Z',
    lastKnown: null,
    ...change,
  };
}

const unreadable = (code: string): Partial<DatabasePosture> => ({
  status: 'unknown',
  current: null,
  error: { code, message: 'config database (plimsoll_app@db.internal:5432/config): secret-ish detail' },
});
const dirty: SchemaProblem = {
  code: 'dirty',
  message: 'migration 6 was interrupted',
  remedy: 'npx plimsoll migrator repair',
};

test('a gate that has read nothing is closed for every database, and says that this is all it knows', () => {
  const { gate } = setup();
  expect(gate.state().open).toBe(false);
  expect(gate.isOpen('product')).toBe(false);
  expect(gate.isOpen('leases')).toBe(false);
  expect(gate.state().closedParts.map(({ part, database: name, code }) => [part, name, code])).toEqual([
    ['product', 'config', 'schema_unknown'],
    ['leases', 'config', 'schema_unknown'],
    ['product', 'results', 'schema_unknown'],
    ['leases', 'results', 'schema_unknown'],
    ['product', 'jobs', 'schema_unknown'],
    ['leases', 'jobs', 'schema_unknown'],
  ]);
  expect(gate.closedBy('product')?.message).toBe('the schema of config has not been read yet');
});

test.each<[string, Partial<DatabasePosture>]>([
  ['ok', {}],
  ['ahead and allowed', { status: 'ahead', current: 8, aheadAllowed: true }],
  [
    'changed, unrecognised and drifted, but at its version',
    { problems: (['changed', 'unrecognised', 'drift'] as const).map((code) => ({ code, message: '', remedy: '' })) },
  ],
])('the gate is open while a database is %s', (_, change) => {
  const { gate } = setup();
  gate.update([database(change)]);
  expect(gate.state()).toEqual({ open: true, closedParts: [] });
  expect(gate.isOpen('product') && gate.isOpen('leases')).toBe(true);
  expect(gate.closedBy('product')).toBeUndefined();
});

test.each<[state: string, change: Partial<DatabasePosture>, code: string, message: string, remedy: string]>([
  [
    'behind',
    { status: 'behind', current: 5 },
    'schema_behind',
    'config is at schema 5, this release needs 7',
    'npx plimsoll migrator',
  ],
  [
    'behind and being migrated',
    { status: 'behind', current: 5, migrating: true },
    'schema_behind',
    'config is at schema 5, this release needs 7; a migrator is at work on it',
    'npx plimsoll migrator',
  ],
  [
    'ahead and not allowed',
    { status: 'ahead', current: 9, aheadAllowed: false },
    'schema_ahead',
    'config is at schema 9, this release knows 7 and is too old to run on it; start the release that migrated it',
    'npx plimsoll migrator history',
  ],
  [
    'unreachable',
    unreadable('database_unreachable'),
    'schema_unknown',
    'the schema of config could not be read (database_unreachable); this release needs 7',
    'npx plimsoll migrator status',
  ],
  [
    'dirty at its version',
    { problems: [dirty] },
    'schema_dirty',
    'config is at schema 7 of 7, with an interrupted migration',
    'npx plimsoll migrator repair',
  ],
  [
    'dirty and behind',
    { status: 'behind', current: 5, problems: [dirty] },
    'schema_dirty',
    'config is at schema 5 of 7, with an interrupted migration',
    'npx plimsoll migrator repair',
  ],
  [
    'dirty and ahead, even if ahead is allowed',
    { status: 'ahead', current: 8, aheadAllowed: true, problems: [dirty] },
    'schema_dirty',
    'config is at schema 8 of 7, with an interrupted migration',
    'npx plimsoll migrator repair',
  ],
])('a database that is %s closes both parts with its code, versions and command', (...row) => {
  const [, change, code, message, remedy] = row;
  const { gate } = setup();
  gate.update([database(change), database({ name: 'jobs' })]);
  const closed = {
    code,
    database: 'config',
    current: database(change).current,
    required: 7,
    message,
    remedy,
    since: '2026-11-22T17:00:00.000Z',
  };
  expect(gate.state()).toEqual({
    open: false,
    closedParts: [
      { part: 'product', ...closed },
      { part: 'leases', ...closed },
    ],
  });
});

const restoring: Maintenance = {
  kind: 'restore',
  id: '20261122t170000',
  message: 'a backup is being restored',
  since: '2026-11-22T16:58:00.000Z',
  by: 'ada',
};

test('a record of maintenance closes both parts, before all other reasons, until it is gone', () => {
  const { gate } = setup();
  gate.update([database(), database({ name: 'jobs', status: 'behind', current: 6 })], restoring);
  expect(gate.closedBy('leases')).toEqual({
    part: 'leases',
    code: 'maintenance',
    database: 'config',
    current: 7,
    required: 7,
    message: 'a backup is being restored',
    remedy: 'npx plimsoll backup restore --status',
    since: '2026-11-22T16:58:00.000Z',
  });
  expect(gate.state().closedParts.map(({ database: name, code }) => `${name} ${code}`)).toEqual([
    'config maintenance',
    'config maintenance',
    'jobs schema_behind',
    'jobs schema_behind',
  ]);
  gate.update([database()], null);
  expect(gate.state()).toEqual({ open: true, closedParts: [] });
});

test('what an outsider may read names no host and no role', () => {
  const { gate } = setup();
  gate.update([database(unreadable('database_unreachable'))]);
  expect(JSON.stringify(gate.state())).not.toContain('db.internal');
});

test('since stays while the reason stays, and starts anew with another reason or after an opening', () => {
  const { gate, at } = setup();
  const behind = database({ status: 'behind', current: 5 });
  const since = () => gate.closedBy('product')?.since;
  at(1);
  gate.update([behind]);
  at(2);
  gate.update([database({ ...behind, current: 6 })]);
  expect(since()).toBe('2026-11-22T17:01:00.000Z');
  at(3);
  gate.update([database(unreadable('database_timeout'))]);
  expect(since()).toBe('2026-11-22T17:03:00.000Z');
  at(4);
  gate.update([database()]);
  expect(since()).toBeUndefined();
  at(5);
  gate.update([behind]);
  expect(since()).toBe('2026-11-22T17:05:00.000Z');
});

test('one failed reading closes the gate and one good reading opens it: there is no grace in either direction', () => {
  const { gate } = setup();
  gate.update([database()]);
  gate.update([database(unreadable('database_connection_lost'))]);
  expect(gate.state().open).toBe(false);
  gate.update([database()]);
  expect(gate.state().open).toBe(true);
});
