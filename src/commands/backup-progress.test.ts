import { expect, test } from 'vitest';
import { BackupProgress, progressLines, renderBytes } from './backup-progress.ts';

const run = {
  phase: 'dumping jobs',
  databases: [
    { name: 'config' as const, state: 'waiting' as const, doneBytes: 0, estimatedBytes: 900_000 },
    { name: 'results' as const, state: 'done' as const, doneBytes: 2_000_000_000, estimatedBytes: 2_000_000_000 },
    { name: 'jobs' as const, state: 'running' as const, doneBytes: 5_000_000, estimatedBytes: 20_000_000 },
  ],
  doneBytes: 0,
  estimatedBytes: 0,
};

test('each database has a bar of bytes done against bytes expected', () => {
  expect(progressLines(run)).toEqual([
    '  dumping jobs',
    `  config   ${'░'.repeat(24)}  waiting`,
    `  results  ${'█'.repeat(24)}  100 %  2.00 GB of 2.00 GB`,
    `  jobs     ${'█'.repeat(6)}${'░'.repeat(18)}   25 %  5.0 MB of 20.0 MB`,
  ]);
});

test('a run without databases has one bar, and none before it knows how much there is', () => {
  expect(progressLines({ ...run, databases: [] })).toEqual(['  dumping jobs']);
  expect(progressLines({ ...run, databases: [], doneBytes: 1, estimatedBytes: 2 })).toHaveLength(2);
});

test('on a terminal it is drawn over what was there, and cleared; elsewhere nothing is written', () => {
  const written: string[] = [];
  const terminal = new BackupProgress({ write: (text) => written.push(text), isTTY: true, columns: 40 });
  terminal.show(run);
  terminal.show(run);
  terminal.clear();
  expect(written).toHaveLength(3);
  expect(written[1]).toContain('\u001B[4A\u001B[0J');
  const file: string[] = [];
  const quiet = new BackupProgress({ write: (text) => file.push(text) });
  quiet.show(run);
  quiet.clear();
  expect(file).toEqual([]);
});

test.each([
  [0, '0 kB'],
  [1, '1 kB'],
  [999_999, '1000 kB'],
  [1_500_000, '1.5 MB'],
  [2_345_000_000, '2.35 GB'],
])('%d bytes read as %s', (bytes, text) => {
  expect(renderBytes(bytes)).toBe(text);
});
