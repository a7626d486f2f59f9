import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { showProgress } from './migrator-progress.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function setup(isTTY: boolean) {
  const lines: string[] = [];
  const show = showProgress({ isTTY, write: (text) => lines.push(stripVTControlCharacters(text)) });
  return { lines, show };
}

const holder = { pid: 7, applicationName: 'plimsoll-migrator', since: new Date(0) };
const migration = { database: 'jobs', version: 7, name: 'index_scans' } as const;

test('a migration that is done is a line with its milliseconds', () => {
  const { lines, show } = setup(true);
  show({ kind: 'applying', ...migration });
  show({ kind: 'applied', ...migration, durationMs: 12 });
  vi.advanceTimersByTime(5000);
  expect(lines).toEqual([`  jobs     ${'0007_index_scans'.padEnd(40)}     12 ms\n`]);
});

test('one that takes longer than a second is said to be running', () => {
  const { lines, show } = setup(true);
  show({ kind: 'applying', ...migration });
  vi.advanceTimersByTime(999);
  expect(lines).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(lines).toEqual(['  jobs     0007_index_scans is running\n']);
});

test('waiting is told with what is waited for', () => {
  const { lines, show } = setup(true);
  show({ kind: 'waiting', database: 'jobs', holder });
  show({ kind: 'retrying', ...migration, attempt: 2, blockers: [{ pid: 42, applicationName: 'psql' }] });
  expect(lines).toEqual([
    '  jobs     waiting: another migrator is at work, pid 7 (plimsoll-migrator), connected since 1970-01-01T00:00:00.000Z\n',
    '  jobs     0007_index_scans got no lock, held by pid 42 (psql); attempt 2\n',
  ]);
});

test('where there is no terminal only waiting for another migrator is told', () => {
  const { lines, show } = setup(false);
  show({ kind: 'waiting', database: 'jobs', holder });
  show({ kind: 'applied', ...migration, durationMs: 12 });
  expect(lines).toEqual([
    'plimsoll: jobs: waiting: another migrator is at work, pid 7 (plimsoll-migrator), connected since 1970-01-01T00:00:00.000Z\n',
  ]);
});
