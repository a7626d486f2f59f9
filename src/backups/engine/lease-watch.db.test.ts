import { describe, expect, it } from 'vitest';
import { createTestDatabases, waitFor } from '../../../test/testkit/index.ts';
import { isTooSlow, watchLeasing } from './lease-watch.ts';

describe('a dump is given up', () => {
  it.each([
    [[300, 300, 300], 10, true, 'three looks in a row were slower than the limit'],
    [[300, 300], 10, false, 'never after two'],
    [[300, 90, 300], 10, false, 'never when one in between was quick'],
    [[300, 300, 300], 200, false, 'never when leasing was nearly as slow before the dump'],
    [[500, 500, 500], 200, true, 'when it is far slower than it was'],
  ])('%j ms after %d ms: %s (%s)', (recent, before, expected) => {
    expect(isTooSlow(recent, { before, limitMs: 100 })).toBe(expected);
  });
});

it('tells when a lease would have to wait, with what it took, as a role that may only read', async () => {
  await using databases = await createTestDatabases({ migrated: true });
  await using watch = await watchLeasing({ url: databases.jobs.urls.readonly, limitMs: 40, pauseMs: 20 });
  const lock = databases.jobs.query('superuser', 'begin; lock table pgboss.job_common; select pg_sleep(2); commit');
  await waitFor(() => watch.slow.aborted, { what: 'the watch to give up' });
  expect(watch.slow.reason).toMatchObject({
    code: 'backup_leasing_slow',
    message: expect.stringMatching(/took \d+, \d+, \d+ ms while it ran \(limit 40 ms, before it \d+ ms\)$/),
    details: { limitMs: 40 },
  });
  await lock;
});

it('says nothing while leasing is quick, with no limit, or without a queue, and leaves no session behind', async () => {
  await using databases = await createTestDatabases({ migrated: true });
  const watches = [
    await watchLeasing({ url: databases.jobs.urls.readonly, limitMs: 5000, pauseMs: 5 }),
    await watchLeasing({ url: databases.jobs.urls.readonly, limitMs: 0, pauseMs: 5 }),
    await watchLeasing({ url: databases.config.urls.readonly, limitMs: 1, pauseMs: 5 }),
  ];
  await databases.jobs.query('owner', 'select pg_sleep(0.1)');
  expect(watches.map(({ slow }) => slow.aborted)).toEqual([false, false, false]);
  for (const watch of watches) await watch[Symbol.asyncDispose]();
  await waitFor(
    async () => {
      const [found] = await databases.jobs.query(
        'superuser',
        "select count(*)::integer as sessions from pg_stat_activity where application_name = 'plimsoll backup watch'",
      );
      return found?.['sessions'] === 0;
    },
    { what: 'the sessions to be gone' },
  );
});
