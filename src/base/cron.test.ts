import { expect, test } from 'vitest';
import { isTimeZone, parseCron, type CronTimes } from './cron.ts';

function timesOf(expression: string, timeZone = 'UTC'): CronTimes {
  const { times, fault } = parseCron(expression, timeZone);
  if (times === undefined) throw new Error(fault.message);
  return times;
}

/** The times after one moment, as long as they are asked for. */
function following(times: CronTimes, from: string, count: number): string[] {
  const found: string[] = [];
  for (let at = new Date(from); found.length < count;) {
    at = times.next(at);
    found.push(at.toISOString().replace(':00.000Z', 'Z'));
  }
  return found;
}

test.each([
  ['30 3 * * *', 'UTC', '2027-01-01T03:29:59.999Z', ['2027-01-01T03:30Z', '2027-01-02T03:30Z']],
  ['30 3 * * *', 'UTC', '2027-01-01T03:30:00Z', ['2027-01-02T03:30Z']],
  ['*/20 8-9 * * MON-FRI', 'UTC', '2027-01-01T08:30:00Z', ['2027-01-01T08:40Z', '2027-01-01T09:00Z']],
  ['0 6 * * 7', 'UTC', '2027-01-01T00:00:00Z', ['2027-01-03T06:00Z']],
  ['0 6 * * *', 'Asia/Kolkata', '2027-01-01T00:00:00Z', ['2027-01-01T00:30Z']],
  ['@daily', 'America/New_York', '2027-01-01T00:00:00Z', ['2027-01-01T05:00Z']],
  ['0 0 31 * *', 'UTC', '2027-03-31T00:00:00Z', ['2027-05-31T00:00Z', '2027-07-31T00:00Z']],
  ['0 0 29 2 *', 'UTC', '2027-01-01T00:00:00Z', ['2028-02-29T00:00Z', '2032-02-29T00:00Z']],
  // A day of the month and a day of the week: either, as in every cron.
  ['0 0 13 * 5', 'UTC', '2027-04-03T00:00:00Z', ['2027-04-09T00:00Z', '2027-04-13T00:00Z']],
])('%s in %s after %s', (expression, timeZone, from, expected) => {
  expect(following(timesOf(expression, timeZone), from, expected.length)).toEqual(expected);
});

test.each([
  [
    'an hour that does not exist: a fixed time is due once the clocks have moved',
    ['30 2 * * *', 'Europe/Berlin', '2027-03-27T12:00:00Z'],
    ['2027-03-28T01:00Z', '2027-03-29T00:30Z'],
  ],
  [
    'an hour that does not exist: so is each of a list',
    ['30 2,14 * * *', 'Europe/Berlin', '2027-03-28T00:00:00Z'],
    ['2027-03-28T01:00Z', '2027-03-28T12:30Z'],
  ],
  [
    'an hour that does not exist: two times that fall together are one',
    ['0 2,3 * * *', 'Europe/Berlin', '2027-03-28T00:00:00Z'],
    ['2027-03-28T01:00Z', '2027-03-29T00:00Z'],
  ],
  [
    'an hour that comes twice: a fixed time is due the first time alone',
    ['30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00:00Z'],
    ['2026-10-25T00:30Z', '2026-10-26T01:30Z'],
  ],
  [
    'an hour that comes twice: an interval goes on through both',
    ['*/30 * * * *', 'Europe/Berlin', '2026-10-25T00:00:00Z'],
    ['2026-10-25T00:30Z', '2026-10-25T01:00Z', '2026-10-25T01:30Z', '2026-10-25T02:00Z'],
  ],
  [
    'a change at midnight: the day begins an hour later',
    ['0 0 * * *', 'America/Sao_Paulo', '2018-11-03T12:00:00Z'],
    ['2018-11-04T03:00Z', '2018-11-05T02:00Z'],
  ],
  [
    'a change of half an hour',
    ['15 2 * * *', 'Australia/Lord_Howe', '2026-10-03T12:00:00Z'],
    ['2026-10-03T15:30Z', '2026-10-04T15:15Z'],
  ],
  ['a day that a country left out', ['0 0 30 12 *', 'Pacific/Apia', '2011-12-28T12:00:00Z'], ['2012-12-29T10:00Z']],
] as const)('%s', (_title, [expression, timeZone, from], expected) => {
  expect(following(timesOf(expression, timeZone), from, expected.length)).toEqual(expected);
});

test.each([
  ['30 3 * * *', '2027-01-02T03:30:00.000Z', '2027-01-02T03:30:00.000Z'],
  ['30 3 * * *', '2027-01-02T03:29:59.999Z', '2027-01-01T03:30:00.000Z'],
  ['0 0 29 2 *', '2027-06-01T00:00:00.000Z', '2024-02-29T00:00:00.000Z'],
])('the latest time of %s at %s was %s', (expression, now, expected) => {
  expect(timesOf(expression).latest(new Date(now))?.toISOString()).toBe(expected);
});

test.each([
  ['', 'has 0 fields; expected five'],
  ['daily', 'has 1 field; expected five'],
  ['* * * * * *', 'has 6 fields; expected five'],
  ['0 0 1 1 * 2030', 'has 6 fields; expected five'],
  ['2027-03-28T12:00:00', 'has 1 field; expected five'],
  ['? 3 * * *', 'write * for any value'],
  ['61 0 * * *', 'Invalid value for minute: 61'],
  ['0 24 * * *', 'Invalid value for hour: 24'],
  ['*/0 * * * *', 'illegal stepping: 0'],
  ['5-1 * * * *', 'From value is larger than to value'],
  ['0 0 5,,6 * *', 'is empty'],
  ['0 0 * * SOMEDAY', 'illegal characters'],
  ['@reboot', '@reboot is not supported'],
  ['@sometimes', 'exactly five'],
  ['0 0 30 2 *', 'never comes true'],
  ['0 0 31 4,6,9,11 *', 'never comes true'],
  [`0 0 ${'1,'.repeat(200)}1 * *`, 'expected at most 200'],
])('the expression %j is refused', (expression, why) => {
  expect(parseCron(expression, 'UTC').fault).toMatchObject({ field: 'cron', message: expect.stringContaining(why) });
});

test.each(['UTC', 'Europe/Berlin', 'US/Pacific', 'Etc/GMT+5'])('%s is a time zone', (name) => {
  expect(isTimeZone(name)).toBe(true);
});

test.each(['', 'Mars/Olympus', '+02:00', '-0500', 'Europe/Berlin; drop table', 'Europe', ' UTC'])(
  '%j is no time zone',
  (name) => {
    expect(parseCron('0 0 * * *', name).fault).toMatchObject({ field: 'timeZone' });
  },
);
