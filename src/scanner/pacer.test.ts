import { expect, test } from 'vitest';
import { manualPacer } from '../../test/testkit/manual-pacer.ts';
import { Bell, systemPacer } from './pacer.ts';

const never = new AbortController().signal;

test('a bell wakes a sleeper early', async () => {
  const pacer = manualPacer();
  const bell = new Bell();
  const sleep = bell.wait(pacer, never);
  bell.ring();
  await sleep;
  expect(pacer.sleeping).toEqual([]);
});

test('a ring that nobody heard ends the next sleep at once, and only that one', async () => {
  const pacer = manualPacer();
  const bell = new Bell();
  bell.ring();
  bell.ring();
  await bell.wait(pacer, never);
  const second = bell.sleep(pacer, 1000, never);
  expect(pacer.sleeping).toEqual([1000]);
  pacer.advance(1000);
  await second;
});

test('an aborted signal ends a sleep, however long, without an error', async () => {
  const stop = new AbortController();
  const sleep = systemPacer.sleep(Number.MAX_SAFE_INTEGER, stop.signal);
  stop.abort();
  await expect(sleep).resolves.toBeUndefined();
  await expect(systemPacer.sleep(60_000, stop.signal)).resolves.toBeUndefined();
});
