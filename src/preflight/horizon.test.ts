import { expect, test } from 'vitest';
import { describeHorizon, horizonOf, type HorizonStep } from './horizon.ts';

function step(version: number, appVersion: string, oldestCompatible = version - 1): HorizonStep {
  return { version, name: `step_${version}`, appVersion, oldestCompatible };
}

const nothing = { applied: [], pending: [] };

/** The horizon of a deployment whose only migrations are those of jobs. */
function sentence(applied: readonly HorizonStep[], pending: readonly HorizonStep[] = []): string {
  return describeHorizon(horizonOf({ config: nothing, results: nothing, jobs: { applied, pending } }), '1.6.0');
}

test('with nothing applied any release will do', () => {
  expect(sentence([])).toBe('you can go back to any release without a restore');
});

test('the newest migration lets the release before it run, which is the one that applied the version before', () => {
  expect(sentence([step(1, '1.3.0'), step(2, '1.4.0'), step(3, '1.5.0')])).toBe(
    'you can go back to 1.4.0 or newer without a restore',
  );
});

test('a migration that lets older software run leaves the horizon where it is', () => {
  expect(sentence([step(1, '1.3.0'), step(2, '1.4.0', 1), step(3, '1.5.0', 1)])).toBe(
    'you can go back to 1.3.0 or newer without a restore',
  );
});

test('the strictest declaration counts, wherever it stands', () => {
  expect(sentence([step(1, '1.3.0'), step(2, '1.4.0', 2), step(3, '1.5.0', 1)])).toBe(
    'you can go back to 1.4.0 or newer without a restore',
  );
});

test('a pending migration that needs newer software moves it, and is named', () => {
  const applied = [step(40, '1.4.0', 39), step(41, '1.5.0', 40)];
  expect(sentence(applied, [step(42, '1.6.0', 41)])).toBe(
    'you can go back to 1.4.0 or newer without a restore; jobs/0042_step_42 would move that to 1.5.0',
  );
});

test('a pending migration that no older release runs on leaves a restore as the only way back', () => {
  expect(sentence([step(1, '1.4.0', 0)], [step(2, '1.6.0', 2)])).toBe(
    'you can go back to any release without a restore; after jobs/0002_step_2 no release before 1.6.0 runs any more, and the only way back is a restore',
  );
});

test('of several databases the one that leads back least far decides', () => {
  const horizon = horizonOf({
    config: { applied: [step(1, '1.2.0'), step(2, '1.3.0')], pending: [] },
    results: { applied: [step(1, '1.2.0'), step(2, '1.5.0', 2)], pending: [] },
    jobs: nothing,
  });
  expect(horizon).toEqual({ now: '1.5.0', after: '1.5.0', movedBy: null });
});

test('a build whose version is none cannot be a horizon', () => {
  expect(sentence([step(1, 'dev'), step(2, 'dev')])).toBe('you can go back to any release without a restore');
});
