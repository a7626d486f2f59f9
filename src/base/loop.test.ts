import { expect, test } from 'vitest';
import { manualClock } from '../../test/testkit/manual-clock.ts';
import { createLoop } from './loop.ts';

/** A loop whose work ends when the test says so, on a timer that the test moves. */
function setup() {
  const clock = manualClock();
  const runs: PromiseWithResolvers<void>[] = [];
  let timer: { dueMs: number; call: () => void } | undefined;
  const loop = createLoop({
    work: async () => {
      const run = Promise.withResolvers<void>();
      runs.push(run);
      await run.promise;
    },
    pauseMs: () => 2000,
    gapMs: 200,
    clock,
    schedule: (afterMs, call) => {
      const mine = { dueMs: clock.now().getTime() + afterMs, call };
      timer = mine;
      return () => {
        if (timer === mine) timer = undefined;
      };
    },
  });
  return {
    loop,
    started: () => runs.length,
    finish: async (index: number) => {
      runs[index]?.resolve();
      // The loop goes on in the microtasks after its work; a macrotask later all of them are done.
      await new Promise(setImmediate);
    },
    advance: (ms: number) => {
      clock.advance(ms);
      if (timer === undefined || clock.now().getTime() < timer.dueMs) return;
      const { call } = timer;
      timer = undefined;
      call();
    },
    isArmed: () => timer !== undefined,
  };
}

test('a started loop runs at once and again after each pause', async () => {
  const { loop, started, finish, advance } = setup();
  loop.start();
  loop.start();
  expect(started()).toBe(1);
  await finish(0);
  advance(1999);
  expect(started()).toBe(1);
  advance(1);
  expect(started()).toBe(2);
});

test('work that takes longer than the pause never overlaps itself', async () => {
  const { loop, started, finish, advance } = setup();
  loop.start();
  advance(10_000);
  expect(started()).toBe(1);
  await finish(0);
  advance(2000);
  expect(started()).toBe(2);
});

test('callers during a run share one run that begins after it', async () => {
  const { loop, started, finish } = setup();
  const first = loop.run();
  const storm = Array.from({ length: 1000 }, async () => await loop.run());
  await finish(0);
  await first;
  expect(started()).toBe(2);
  await finish(1);
  await Promise.all(storm);
  expect(started()).toBe(2);
});

test('what is asked for soon begins at once after a quiet time', async () => {
  const { loop, started, finish, advance } = setup();
  loop.start();
  await finish(0);
  advance(500);
  loop.soon();
  advance(0);
  expect(started()).toBe(2);
});

test('a burst of requests makes one run, no sooner than the gap allows', async () => {
  const { loop, started, finish, advance } = setup();
  loop.start();
  await finish(0);
  for (let count = 0; count < 500; count += 1) loop.soon();
  advance(199);
  expect(started()).toBe(1);
  advance(1);
  expect(started()).toBe(2);
});

test('what is asked for during a run is not lost: another follows after the gap, not after the pause', async () => {
  const { loop, started, finish, advance } = setup();
  loop.start();
  advance(150);
  loop.soon();
  await finish(0);
  advance(50);
  expect(started()).toBe(2);
});

test('a clock that is set back delays a run by the gap at most', async () => {
  const { loop, started, finish, advance } = setup();
  loop.start();
  await finish(0);
  advance(-86_400_000);
  loop.soon();
  advance(200);
  expect(started()).toBe(2);
});

test('stop waits for the run under way, and nothing runs after it', async () => {
  const { loop, started, finish, advance, isArmed } = setup();
  loop.start();
  let stopped = false;
  const stopping = loop.stop().then(() => {
    stopped = true;
    return stopped;
  });
  await new Promise(setImmediate);
  expect(stopped).toBe(false);
  await finish(0);
  await stopping;
  loop.soon();
  loop.start();
  await loop.run();
  advance(10_000);
  expect(isArmed()).toBe(false);
  expect(started()).toBe(1);
});

test('a loop that was never started runs when asked and is not repeated', async () => {
  const { loop, started, finish, isArmed } = setup();
  const run = loop.run();
  await finish(0);
  await run;
  expect(isArmed()).toBe(false);
  expect(started()).toBe(1);
});
