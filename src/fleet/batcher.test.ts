import { expect, test } from 'vitest';
import { createBatcher } from './batcher.ts';

test('callers of one moment share one call, and each gets its own answer', async () => {
  const sizes: number[] = [];
  const double = createBatcher(async (items: readonly number[]) => {
    sizes.push(items.length);
    return await Promise.resolve(items.map((item) => item * 2));
  }, 100);
  await expect(Promise.all([1, 2, 3].map(double))).resolves.toEqual([2, 4, 6]);
  expect(sizes).toEqual([3]);
});

test('whoever comes while a batch runs waits for the next one, which holds at most maxItems', async () => {
  const sizes: number[] = [];
  const gate = Promise.withResolvers<void>();
  const echo = createBatcher(async (items: readonly number[]) => {
    sizes.push(items.length);
    await gate.promise;
    return items;
  }, 2);
  const answers = Promise.all([1, 2, 3, 4, 5].map(echo));
  gate.resolve();
  await expect(answers).resolves.toEqual([1, 2, 3, 4, 5]);
  expect(sizes).toEqual([2, 2, 1]);
});

test('a batch that fails is told to its callers alone; the next one goes on', async () => {
  const flaky = createBatcher(async (items: readonly string[]) => {
    if (items.includes('bad')) throw new Error('no');
    return await Promise.resolve(items);
  }, 1);
  const [bad, good] = await Promise.allSettled([flaky('bad'), flaky('good')]);
  expect(bad.status).toBe('rejected');
  expect(good).toEqual({ status: 'fulfilled', value: 'good' });
});
