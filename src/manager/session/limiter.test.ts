import { expect, it } from 'vitest';
import { manualClock } from '../../../test/testkit/manual-clock.ts';
import { createLimiter, networkOf } from './limiter.ts';

it('lets a burst through, then one attempt each time one has come back', () => {
  const clock = manualClock();
  const limiter = createLimiter({ burst: 2, windowMs: 10_000, clock });
  expect([limiter.take('a'), limiter.take('a'), limiter.take('a')]).toEqual([null, null, 5]);
  clock.advance(4000);
  expect(limiter.take('a')).toBe(1);
  clock.advance(1000);
  expect([limiter.take('a'), limiter.take('a')]).toEqual([null, 5]);
});

it('keeps keys apart, and an attempt handed back counts for nothing', () => {
  const limiter = createLimiter({ burst: 1, windowMs: 1000, clock: manualClock() });
  expect([limiter.take('a'), limiter.take('b'), limiter.take('a')]).toEqual([null, null, 1]);
  limiter.give('a');
  expect([limiter.take('a'), limiter.take('a')]).toEqual([null, 1]);
});

it('never holds more than a burst, however many are handed back', () => {
  const limiter = createLimiter({ burst: 1, windowMs: 1000, clock: manualClock() });
  limiter.give('a');
  limiter.give('a');
  expect([limiter.take('a'), limiter.take('a')]).toEqual([null, 1]);
});

it('asks for no longer wait than usual after the clock was set back', () => {
  const clock = manualClock();
  const limiter = createLimiter({ burst: 2, windowMs: 10_000, clock });
  limiter.take('a');
  clock.advance(-3_600_000);
  expect([limiter.take('a'), limiter.take('a')]).toEqual([null, 5]);
  clock.advance(5000);
  expect(limiter.take('a')).toBe(null);
});

it('forgets the key that was longest unused when there are too many', () => {
  const limiter = createLimiter({ burst: 1, windowMs: 1000, clock: manualClock(), keys: 2 });
  for (const key of ['a', 'b', 'c']) limiter.take(key);
  expect([limiter.take('c'), limiter.take('a')]).toEqual([1, null]);
});

it.each([
  ['203.0.113.9', '203.0.113.9'],
  ['::ffff:203.0.113.9', '203.0.113.9'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
])('the network of %s is %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
