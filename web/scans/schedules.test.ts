import { expect, test } from 'vitest';
import { parseCron } from '../../src/base/index.ts';
import { firingNote, knownTimeZones, presets } from './schedules.ts';

test.each([
  [{ outcome: 'fired', reason: null, missed: 0 }, ''],
  [
    { outcome: 'caught_up', reason: null, missed: 0 },
    'Late: no manager with an open gate was at work when it was due.',
  ],
  [
    { outcome: 'caught_up', reason: null, missed: 7 },
    'Late: no manager with an open gate was at work when it was due. 7 occurrences before it were missed.',
  ],
  [{ outcome: 'skipped', reason: 'still_running', missed: 0 }, 'Because the scan before it still ran.'],
  [
    { outcome: 'skipped', reason: 'still_running', missed: 1 },
    'Because the scan before it still ran. 1 occurrence before it was missed.',
  ],
] as const)('%j is told as %j', (firing, told) => {
  expect(firingNote(firing)).toBe(told);
});

test.each(presets)('$words is an expression that the manager reads', ({ cron }) => {
  expect(parseCron(cron, 'UTC').fault).toBeUndefined();
});

test('time zones that are offered are read by the manager, UTC among them', () => {
  const zones = knownTimeZones();
  expect(zones[0]).toBe('UTC');
  expect(new Set(zones).size).toBe(zones.length);
  for (const zone of zones.slice(0, 20)) expect(parseCron('@daily', zone).fault).toBeUndefined();
});
