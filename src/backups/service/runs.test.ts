import { expect, test } from 'vitest';
import { waitFor } from '../../../test/testkit/wait-for.ts';
import { messageOf, silentLog, systemClock, useTracer } from '../../base/index.ts';
import type { BackupRun } from '../../contract/index.ts';
import { Runs, type RunHandle } from './runs.ts';

function setup() {
  const saved: BackupRun[] = [];
  const ledger = {
    load: async () => await Promise.resolve([]),
    save: async (run: BackupRun) => void (await Promise.resolve(saved.push(run))),
  };
  return { runs: new Runs({ ledger, clock: systemClock, log: silentLog }), saved };
}

const copy = { kind: 'copy', by: 'schedule', bundleId: null, givesWay: true } as const;
const take = { kind: 'take', by: 'ada', bundleId: null } as const;

/** Works until it is told to end, and then takes its time to let go. */
function stubborn(letGo: Promise<void>, events: string[]) {
  return async ({ signal }: RunHandle): Promise<void> => {
    events.push('copy begins');
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    await letGo;
    events.push('copy lets go');
    signal.throwIfAborted();
  };
}

test('what gives way is ended by what is asked for, which begins when it has let go', async () => {
  const { runs } = setup();
  const events: string[] = [];
  const { promise: letGo, resolve: release } = Promise.withResolvers<void>();
  const first = runs.start(copy, stubborn(letGo, events));
  await waitFor(() => events.length === 1, { what: 'the copy to begin' });
  const second = runs.start(take, async () => {
    events.push('take begins');
    await Promise.resolve();
  });
  expect(runs.current()).toMatchObject({ id: second.run.id, kind: 'take' });
  release();
  expect(await first.ended).toMatchObject({ state: 'cancelled', error: { code: 'backup_run_gave_way' } });
  expect(await second.ended).toMatchObject({ state: 'succeeded' });
  expect(events).toEqual(['copy begins', 'copy lets go', 'take begins']);
  expect(runs.current()).toBeNull();
  expect(runs.past().map(({ kind }) => kind)).toEqual(['take', 'copy']);
});

test('what gives way ends nothing else, not even another of its kind', async () => {
  const { runs } = setup();
  const { promise: done, resolve: finish } = Promise.withResolvers<void>();
  const first = runs.start(take, async () => await done);
  expect(() => runs.start(copy, async () => await done)).toThrow(/a bundle is being taken already/);
  finish();
  await first.ended;
  const second = runs.start(
    copy,
    async ({ signal }) =>
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('told to end')))),
  );
  expect(() => runs.start(copy, async () => await done)).toThrow(/a bundle is being copied already/);
  await runs.stop();
  expect(await second.ended).toMatchObject({ state: 'interrupted' });
});

test('a run is a span of its own, and one that fails a failed one', async () => {
  const { runs } = setup();
  const spans: unknown[] = [];
  useTracer({
    open: ({ name }) => ({
      set: () => undefined,
      within: (work) => work(),
      end: (error) => void spans.push([name, messageOf(error ?? 'well')]),
    }),
    current: () => undefined,
  });
  try {
    await runs.start(take, async () => await Promise.reject(new Error('no room'))).ended;
    await runs.start(take, async () => await Promise.resolve()).ended;
  } finally {
    useTracer(undefined);
  }
  expect(spans).toEqual([
    ['backup take', 'no room'],
    ['backup take', 'well'],
  ]);
});
