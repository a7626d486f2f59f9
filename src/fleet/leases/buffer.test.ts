import { expect, test } from 'vitest';
import { takeJobs, type BufferedJob } from './buffer.ts';

const body = {
  kind: 'tcp',
  target: { host: 'localhost', port: 80 },
  options: { timeoutMs: 1000 },
  scanId: 's',
} as const;

function job(id: string, refusedBy: string[] = []): BufferedJob {
  return { id, attempt: 1, waitedMs: 0, body, refusedBy: new Set(refusedBy), fetchedAtMs: 0 };
}

test('jobs are handed out in the order in which they were fetched', () => {
  const buffer = [job('a'), job('b'), job('c')];
  expect(takeJobs(buffer, 'x', 2).map(({ id }) => id)).toEqual(['a', 'b']);
  expect(buffer.map(({ id }) => id)).toEqual(['c']);
});

test('a scanner that has just refused a job is passed over for it', () => {
  const buffer = [job('a', ['x']), job('b')];
  expect(takeJobs(buffer, 'x', 2).map(({ id }) => id)).toEqual(['b']);
  expect(takeJobs(buffer, 'y', 2).map(({ id }) => id)).toEqual(['a']);
});
