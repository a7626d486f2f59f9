import { expect, test } from 'vitest';
import { heartbeatsPerSecond, planPace } from './pace.ts';

const facts = { fleetSize: 3, holdsJobs: false, leaseSeconds: 60, random: 0.5 };

test.each([
  [3, 10],
  [2000, 10],
  [100_000, 500],
  [1_000_000, 5000],
])('a fleet of %i is asked to call every %i seconds', (fleetSize, expected) => {
  expect(planPace({ ...facts, fleetSize })).toBe(expected);
  expect(fleetSize / expected).toBeLessThanOrEqual(heartbeatsPerSecond);
});

test('a fleet that nobody has counted yet is asked to call every minute, not as if it were empty', () => {
  expect(planPace({ ...facts, fleetSize: null })).toBe(60);
  expect(planPace({ ...facts, fleetSize: null, holdsJobs: true })).toBe(20);
});

test('a scanner that holds jobs calls three times a lease, however large the fleet', () => {
  expect(planPace({ ...facts, fleetSize: 1_000_000, holdsJobs: true })).toBe(20);
});

test('answers are spread by a tenth to either side', () => {
  expect(planPace({ ...facts, random: 0 })).toBe(9);
  expect(planPace({ ...facts, random: 1 })).toBe(11);
});
