import { expect, it } from 'vitest';
import { createTurnstile } from './turnstile.ts';

it('runs a few at once, keeps a few waiting and turns the rest away', async () => {
  const turnstile = createTurnstile({ running: 1, waiting: 1 });
  const first = Promise.withResolvers<string>();
  const started: string[] = [];
  const one = turnstile.pass(async () => await first.promise);
  const two = turnstile.pass(async () => await Promise.resolve(started.push('two')));
  expect(await turnstile.pass(async () => await Promise.resolve('three'))).toBeUndefined();
  expect(started).toEqual([]);
  first.resolve('one');
  expect([await one, await two]).toEqual(['one', 1]);
});

it('goes on after work that failed', async () => {
  const turnstile = createTurnstile({ running: 1, waiting: 0 });
  await expect(turnstile.pass(async () => await Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await turnstile.pass(async () => await Promise.resolve('yes'))).toBe('yes');
});
