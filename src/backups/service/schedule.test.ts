import { expect, test } from 'vitest';
import { manualClock } from '../../../test/testkit/manual-clock.ts';
import { parseCron, silentLog } from '../../base/index.ts';
import type { BackupRun } from '../../contract/index.ts';
import { Schedule, type ScheduleOptions } from './schedule.ts';

const ended = (state: BackupRun['state']): BackupRun => ({
  id: 'run',
  kind: 'take',
  bundleId: null,
  state,
  by: 'schedule',
  startedAt: '2026-11-22T00:00:00.000Z',
  finishedAt: '2026-11-22T00:00:00.000Z',
  phase: 'done',
  databases: [],
  doneBytes: 0,
  estimatedBytes: 0,
  error: null,
});

const at = (text: string): Date => new Date(`${text}:00.000Z`);

interface Setup {
  readonly start: string;
  readonly since?: string;
  readonly lastDone?: string | null;
  readonly cron?: string;
  readonly options?: Partial<ScheduleOptions>;
}

function setup({ start, since = '2026-11-01T00:00', lastDone = null, cron = '10 2 * * *', options = {} }: Setup) {
  const clock = manualClock(at(start));
  const zone = 'UTC';
  const { times } = parseCron(cron, zone);
  if (times === undefined) throw new Error('the expression cannot be read');
  const state = { done: lastDone === null ? null : at(lastDone), outcome: 'succeeded' as BackupRun['state'], begun: 0 };
  const schedule = new Schedule({
    kind: 'take',
    rule: { cron, zone, times },
    since: at(since),
    clock,
    log: silentLog,
    lastDone: () => state.done,
    hindrance: () => undefined,
    begin: () => {
      state.begun += 1;
      if (state.outcome === 'succeeded') state.done = clock.now();
      return { ended: Promise.resolve(ended(state.outcome)) };
    },
    ...options,
  });
  return { schedule, clock, state };
}

test('it is done when it is due, and once', async () => {
  const { schedule, clock, state } = setup({ start: '2026-11-22T02:00', lastDone: '2026-11-21T02:10' });
  expect(await schedule.look()).toBe(false);
  clock.set(at('2026-11-22T02:10'));
  expect(await schedule.look()).toBe(true);
  clock.advance(60_000);
  expect(await schedule.look()).toBe(false);
  clock.set(at('2026-11-23T02:11'));
  expect(await schedule.look()).toBe(true);
  expect(state.begun).toBe(2);
});

test.each([
  ['2026-11-21T02:10', true, 'more than a period ago'],
  ['2026-11-22T01:30', false, 'by hand, less than a period ago'],
  ['2026-11-22T02:10', false, 'when it was due, by another replica'],
  [null, true, 'never'],
])(
  'missed while the service was down and last done at %s: it is made up for at the start: %s (%s)',
  async (...[lastDone, made]) => {
    const { schedule } = setup({ start: '2026-11-22T09:00', lastDone });
    expect(await schedule.look()).toBe(made);
    expect(await schedule.look()).toBe(false);
  },
);

test('a service that is new has missed nothing', async () => {
  const { schedule, clock } = setup({ start: '2026-11-22T09:00', since: '2026-11-22T09:00' });
  expect(await schedule.look()).toBe(false);
  clock.set(at('2026-11-23T02:10'));
  expect(await schedule.look()).toBe(true);
});

test('many times missed are made up for once', async () => {
  const { schedule, clock, state } = setup({ start: '2026-11-22T09:00', lastDone: '2026-11-22T02:10' });
  clock.set(at('2026-12-24T12:00'));
  await schedule.look();
  await schedule.look();
  expect(state.begun).toBe(1);
});

test('a clock that was years ahead and is set right does not keep it from being done', async () => {
  const { schedule, clock } = setup({ start: '2026-11-22T01:00', lastDone: '2031-05-05T02:10' });
  clock.set(at('2026-11-22T02:10'));
  expect(await schedule.look()).toBe(true);
});

test('a clock that is set back over the time it was done does not do it again', async () => {
  const { schedule, clock, state } = setup({ start: '2026-11-22T02:09', lastDone: '2026-11-21T02:10' });
  clock.set(at('2026-11-22T02:10'));
  await schedule.look();
  clock.set(at('2026-11-22T02:08'));
  await schedule.look();
  clock.set(at('2026-11-22T02:11'));
  await schedule.look();
  expect(state.begun).toBe(1);
});

test('a failure is tried again after one, five and fifteen minutes, then when it is next due', async () => {
  const { schedule, clock, state } = setup({ start: '2026-11-22T02:10', lastDone: '2026-11-21T02:10' });
  state.outcome = 'failed';
  const begunAt: number[] = [];
  for (let minute = 0; minute < 120; minute += 1) {
    const before = state.begun;
    await schedule.look();
    if (state.begun > before) begunAt.push(minute);
    clock.advance(60_000);
  }
  expect(begunAt).toEqual([0, 1, 6, 21]);
  clock.set(at('2026-11-23T02:10'));
  expect(await schedule.look()).toBe(true);
});

test('what somebody cancelled is not begun again by itself', async () => {
  const { schedule, clock, state } = setup({ start: '2026-11-22T02:10', lastDone: '2026-11-21T02:10' });
  state.outcome = 'cancelled';
  await schedule.look();
  clock.advance(30 * 60_000);
  await schedule.look();
  expect(state.begun).toBe(1);
});

test('while something else runs it waits, and is done after', async () => {
  let isBusy = true;
  const { schedule } = setup({
    start: '2026-11-22T02:10',
    options: {
      begin: () => {
        if (isBusy) throw new Error('busy');
        return { ended: Promise.resolve(ended('succeeded')) };
      },
    },
  });
  expect(await schedule.look()).toBe(false);
  isBusy = false;
  expect(await schedule.look()).toBe(true);
});
