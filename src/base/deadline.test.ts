import { stat } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { DeadlineExceeded, withDeadline } from './deadline.ts';

test('work that answers in time gives its answer', async () => {
  await expect(withDeadline(1000, async () => await Promise.resolve('done'))).resolves.toBe('done');
});

test('work that never answers is given up when its time is over, and told so', async () => {
  let told = false;
  const never = withDeadline(5, async (signal) => {
    signal.addEventListener('abort', () => {
      told = true;
    });
    return await new Promise<never>(() => undefined);
  });
  await expect(never).rejects.toBeInstanceOf(DeadlineExceeded);
  expect(told).toBe(true);
});

test('an answer that came while the process was stalled counts, although the time is over', async () => {
  // From here on timers come before whatever has been read.
  await new Promise(setImmediate);
  const answer = withDeadline(5, async () => (await stat('.')).isDirectory());
  for (const end = Date.now() + 50; Date.now() < end;) Math.sqrt(end);
  await expect(answer).resolves.toBe(true);
});

test('an error of the work itself comes through unchanged', async () => {
  const error = new Error('broken');
  await expect(withDeadline(1000, async () => await Promise.reject(error))).rejects.toBe(error);
});

test('an error that comes after the deadline harms nobody', async () => {
  const { promise, reject } = Promise.withResolvers<never>();
  await expect(withDeadline(1, async () => await promise)).rejects.toThrow('no answer within 1 ms');
  reject(new Error('too late'));
});
