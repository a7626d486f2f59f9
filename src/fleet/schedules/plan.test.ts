import { expect, test } from 'vitest';
import { mostMissedCounted, planFiring } from './plan.ts';

const nightly = { cron: '0 3 * * *', timeZone: 'UTC', nextAt: new Date('2027-01-10T03:00:00Z') };

function planAt(now: string, schedule = nightly) {
  return planFiring(schedule, new Date(now));
}

test('what is due now is fired for its own time, and the next one follows', () => {
  expect(planAt('2027-01-10T03:00:04Z')).toEqual({
    dueAt: new Date('2027-01-10T03:00:00Z'),
    missed: 0,
    late: false,
    nextAt: new Date('2027-01-11T03:00:00Z'),
  });
});

test('what nobody fired in time is fired late', () => {
  expect(planAt('2027-01-10T09:12:00Z')).toMatchObject({ dueAt: nightly.nextAt, missed: 0, late: true });
});

test('of several that went by only the latest is fired, and the others are counted', () => {
  expect(planAt('2027-01-13T02:00:00Z')).toEqual({
    dueAt: new Date('2027-01-12T03:00:00Z'),
    missed: 2,
    late: true,
    nextAt: new Date('2027-01-13T03:00:00Z'),
  });
});

test('is late even when the latest is on time, because others were missed', () => {
  expect(planAt('2027-01-12T03:00:01Z')).toMatchObject({
    dueAt: new Date('2027-01-12T03:00:00Z'),
    missed: 2,
    late: true,
  });
});

test('a year of missed minutes is counted only so far', () => {
  const plan = planAt('2028-01-10T03:00:00Z', { ...nightly, cron: '* * * * *' });
  expect(plan).toMatchObject({ dueAt: new Date('2028-01-10T03:00:00Z'), missed: mostMissedCounted });
});

test('never goes back behind the appointed time, even when the rules of the zone say another one now', () => {
  const moved = { ...nightly, nextAt: new Date('2027-01-10T04:00:00Z') };
  expect(planAt('2027-01-10T04:00:02Z', moved)).toMatchObject({ dueAt: moved.nextAt, missed: 0 });
});

test('the hour that does not exist is fired once the clocks have moved, the one that comes twice once', () => {
  const berlin = { cron: '30 2 * * *', timeZone: 'Europe/Berlin' };
  const spring = { ...berlin, nextAt: new Date('2027-03-28T01:00:00Z') };
  expect(planAt('2027-03-28T01:00:03Z', spring)).toMatchObject({
    dueAt: spring.nextAt,
    nextAt: new Date('2027-03-29T00:30:00Z'),
  });
  const autumn = { ...berlin, nextAt: new Date('2026-10-25T00:30:00Z') };
  expect(planAt('2026-10-25T00:30:03Z', autumn)).toMatchObject({ nextAt: new Date('2026-10-26T01:30:00Z') });
});

test.each([
  ['zone', { ...nightly, timeZone: 'Mars/Olympus' }, 'timeZone'],
  ['expression', { ...nightly, cron: '0 3 * * * *' }, 'cron'],
])('a %s that can no longer be read is told, not thrown', (_name, schedule, field) => {
  expect(planAt('2027-01-10T03:00:04Z', schedule)).toMatchObject({ fault: { field } });
});
