import { describe, expect, test } from 'vitest';
import { migrations } from '../fixtures/parts.ts';
import { groupByRun, peopleOf } from './history.ts';

const rows = migrations();

describe('the history grouped by run', () => {
  test('has one group a run, the newest run first', () => {
    expect(groupByRun(rows).map((run) => run.runId)).toEqual([
      '01JDAQ7E4R5XNV',
      '01JCC52P9K7ADE',
      '01JCC4W82QHT0B',
      '01JB0R1X6M3FZK',
    ]);
  });

  test('keeps every migration exactly once', () => {
    const grouped = groupByRun(rows).flatMap((run) => run.migrations);
    expect(new Set(grouped)).toEqual(new Set(rows));
    expect(grouped).toHaveLength(rows.length);
  });

  test('tells which databases a run touched and how often', () => {
    expect([...(groupByRun(rows)[1]?.touched ?? [])]).toEqual([['results', 1]]);
  });

  test('marks the runs of a build that was applied in more than one', () => {
    expect(groupByRun(rows).map((run) => run.runsOfBuild)).toEqual([1, 2, 2, 1]);
  });

  test('shows a run with only its matching rows, and leaves its own facts whole', () => {
    const [newest] = groupByRun(rows, { db: 'jobs' });
    expect(newest?.migrations.map((row) => row.version)).toEqual([5, 4]);
    expect(newest?.touched.size).toBe(3);
  });

  test.each([
    ['name', { text: 'Lease' }, 3],
    ['number with zeros', { text: '0007_add' }, 1],
    ['build', { text: '1.2.0' }, 6],
    ['person', { by: 'Maren Voss' }, 5],
    ['database and person', { db: 'config', by: 'Maren Voss' }, 1],
    ['nothing that exists', { text: 'zebra' }, 0],
  ])('filters by %s', (_kind, filter, count) => {
    expect(groupByRun(rows, filter).flatMap((run) => run.migrations)).toHaveLength(count);
  });

  test('lists everybody who applied something once, in alphabetical order', () => {
    expect(peopleOf(rows)).toEqual(['Maren Voss', 'plimsoll_owner', 'Tomás Ferreira']);
  });
});
