import { expect, test } from 'vitest';
import { sideName, restoreIdOf } from './names.ts';
import { standingOf } from './standing.ts';
import { actionFor, isUnfinished, restoreStates } from './states.ts';

test('each state of a restore has its answer to each wish', () => {
  const table = restoreStates.map((state) => [
    state,
    actionFor(state, 'resume') ?? '–',
    actionFor(state, 'back') ?? '–',
    actionFor(state, 'forget') ?? '–',
    isUnfinished(state),
  ]);
  expect(table).toEqual([
    ['preparing', 'prepare', 'abandon', '–', true],
    ['swapping', 'swap', 'return', '–', true],
    ['swapped', 'open', 'return', '–', true],
    ['done', '–', 'return', 'drop', false],
    ['abandoning', 'abandon', 'abandon', '–', true],
    ['abandoned', '–', '–', '–', false],
    ['returning', 'return', 'return', '–', true],
    ['returned', '–', '–', 'drop', false],
    ['forgetting', 'drop', '–', 'drop', true],
    ['forgotten', '–', '–', '–', false],
  ]);
});

const names = { live: 'l', restored: 'r', before: 'b', undone: 'u' };

/** Every set of names that a server can have, and what it means where there was a database before, and where there was none. */
test.each([
  ['', 'unexpected', 'gone'],
  ['l', 'gone', 'exchanged'],
  ['r', 'unexpected', 'waiting'],
  ['b', 'unexpected', 'unexpected'],
  ['u', 'unexpected', 'back'],
  ['l r', 'waiting', 'unexpected'],
  ['l b', 'exchanged', 'unexpected'],
  ['l u', 'back', 'unexpected'],
  ['r b', 'unexpected', 'unexpected'],
  ['r u', 'unexpected', 'unexpected'],
  ['b u', 'unexpected', 'unexpected'],
  ['l r b', 'unexpected', 'unexpected'],
  ['l r u', 'unexpected', 'unexpected'],
  ['l b u', 'unexpected', 'unexpected'],
  ['r b u', 'unexpected', 'unexpected'],
  ['l r b u', 'unexpected', 'unexpected'],
])('with the databases "%s" a restore stands at %s, or %s where there was none before', (found, existed, created) => {
  const there = new Set(found.split(' ').filter(Boolean));
  expect(standingOf({ ...names, existed: true, loaded: true }, there)).toBe(existed);
  expect(standingOf({ ...names, existed: false, loaded: true }, there)).toBe(created);
});

test('a database beside another has a name that Postgres does not cut, and that is never that of a third', () => {
  const id = restoreIdOf(new Date('2026-11-22T23:15:00.123Z'));
  expect(id).toBe('20261122231500');
  expect(sideName('config', 'before', id)).toBe('config_before_20261122231500');
  const long = [`${'x'.repeat(60)}_config`.slice(0, 63), `${'x'.repeat(60)}_jobs`.slice(0, 63), 'ü'.repeat(31)];
  const cut = long.map((name) => sideName(name, 'restore', id));
  for (const name of cut) {
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(63);
    expect(name).toMatch(/_[0-9a-f]{8}_restore_20261122231500$/);
  }
  expect(new Set(cut).size).toBe(3);
});
