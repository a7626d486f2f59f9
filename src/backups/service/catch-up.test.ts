import { expect, test } from 'vitest';
import { sampleManifest } from '../../../test/testkit/bundles.ts';
import { manualClock } from '../../../test/testkit/manual-clock.ts';
import { silentLog } from '../../base/index.ts';
import type { BackupRun } from '../../contract/index.ts';
import type { Shelf, ShelvedBundle } from './catalogue.ts';
import { CatchUp } from './catch-up.ts';

const start = new Date('2026-11-22T12:00:00.000Z');
const retention = { last: 2, daily: 0, weekly: 0, monthly: 0 };

function shelved(day: number): ShelvedBundle {
  const createdAt = new Date(Date.UTC(2026, 10, day, 2, 10)).toISOString();
  return { manifest: sampleManifest({ createdAt }), storedBytes: 1, misfit: null, verifications: [] };
}

function shelf(name: string, bundles: readonly ShelvedBundle[], error: Shelf['error'] = null): Shelf {
  const target = { name, kind: 'directory' as const, location: `/${name}`, retention };
  return { target, reading: { bundles, broken: [], pins: new Map(), freeBytes: null }, error };
}

const succeeded = { state: 'succeeded', error: null } as const;
const failed = { state: 'failed', error: { code: 'target_refused', message: 'expired', hint: 'Renew it.' } } as const;
type Ending = Pick<BackupRun, 'state' | 'error'>;

/** A home with three bundles, of which the other targets keep two. */
function setup(others: (home: readonly ShelvedBundle[]) => readonly Shelf[]) {
  const home = [shelved(21), shelved(20), shelved(19)];
  const state = { shelves: [shelf('local', home), ...others(home)], endings: [] as Ending[], busy: false };
  const copied: (readonly [string, string])[] = [];
  const clock = manualClock(start);
  const work = {
    copy: (id: string, target: string) => {
      copied.push([id, target]);
      const ending = state.endings.shift() ?? succeeded;
      if (ending.state === 'succeeded') {
        state.shelves = state.shelves.map((each) =>
          each.target.name === target
            ? shelf(target, [...home.filter(({ manifest }) => manifest.id === id), ...(each.reading?.bundles ?? [])])
            : each,
        );
      }
      const ended = Promise.resolve({ ...ending, phase: 'done' } as BackupRun);
      return { run: {} as BackupRun, recorded: Promise.resolve(), ended };
    },
  };
  const catchUp = new CatchUp({
    catalogue: {
      shelves: () => state.shelves,
      refresh: async () => undefined,
      start: () => undefined,
      stop: () => undefined,
    },
    runs: { current: () => (state.busy ? ({} as BackupRun) : null), subscribe: () => () => undefined },
    work,
    clock,
    log: silentLog,
    zone: 'UTC',
  });
  const [newest = '', second = ''] = home.map(({ manifest }) => manifest.id);
  return { catchUp, copied, clock, state, newest, second };
}

test('what is missing is copied one by one, the newest first, and no more than the target would keep', async () => {
  const { catchUp, copied, newest, second } = setup(() => [shelf('s3', [])]);
  expect([await catchUp.look(), await catchUp.look(), await catchUp.look()]).toEqual([true, true, false]);
  expect(copied).toEqual([
    [newest, 's3'],
    [second, 's3'],
  ]);
});

test('a failure waits longer each time, says why and when it is tried again, and is forgotten by a success', async () => {
  const { catchUp, copied, clock, state } = setup(() => [shelf('s3', [])]);
  state.endings = Array.from({ length: 6 }, () => failed);
  for (const [index, minutes] of [1, 5, 15, 60, 60, 60].entries()) {
    expect(await catchUp.look()).toBe(false);
    expect(copied).toHaveLength(index + 1);
    expect(catchUp.stateOf('s3')).toEqual({
      failures: index + 1,
      error: { code: 'target_refused', message: 'expired' },
      nextTryAt: new Date(clock.now().getTime() + minutes * 60_000).toISOString(),
    });
    clock.advance(minutes * 60_000 - 1);
    await catchUp.look();
    expect(copied).toHaveLength(index + 1);
    clock.advance(1);
  }
  expect(await catchUp.look()).toBe(true);
  expect(catchUp.stateOf('s3')).toBeUndefined();
});

test('a target that fails holds no other one up', async () => {
  const { catchUp, copied, state } = setup(() => [shelf('one', []), shelf('two', [])]);
  state.endings = [failed];
  await catchUp.look();
  await catchUp.look();
  expect(copied.map(([, target]) => target)).toEqual(['one', 'two']);
});

test('a target that cannot be read is left alone: nobody knows what it lacks', async () => {
  const { catchUp, copied, state } = setup(() => [shelf('s3', [], { code: 'target_unavailable', message: 'away' })]);
  expect(await catchUp.look()).toBe(false);
  state.shelves = state.shelves.map((each) => Object.assign({}, each, { error: null }));
  expect(await catchUp.look()).toBe(true);
  expect(copied).toHaveLength(1);
});

test('while something else is at work nothing is copied', async () => {
  const { catchUp, copied, state } = setup(() => [shelf('s3', [])]);
  state.busy = true;
  expect(await catchUp.look()).toBe(false);
  expect(copied).toEqual([]);
});

test.each([
  ['gave way to another run', 'backup_run_gave_way', 'cancelled', true],
  ['ended with the service', 'backup_run_interrupted', 'interrupted', true],
  ['was cancelled by somebody', 'backup_run_cancelled', 'cancelled', false],
] as const)('a copy that %s is tried again at once: %s, %s, %s', async (_what, code, state, atOnce) => {
  const setting = setup(() => [shelf('s3', [])]);
  setting.state.endings = [{ state, error: { code, message: 'why', hint: 'Wait.' } }];
  await setting.catchUp.look();
  expect(await setting.catchUp.look()).toBe(atOnce);
});
