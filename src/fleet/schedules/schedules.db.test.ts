import { expect, test } from 'vitest';
import { createTestFleet, waitFor, type TestFleet } from '../../../test/testkit/index.ts';
import { silentLog } from '../../base/index.ts';
import type { NewSchedule } from '../../contract/index.ts';
import { createJobQueue, type JobQueue } from '../leases/queue.ts';

const hourMs = 3_600_000;

const nightly: NewSchedule = {
  name: 'shop, nightly',
  cron: '0 3 * * *',
  timeZone: 'Europe/Berlin',
  enabled: true,
  targets: [{ host: 'shop.internal', port: 443 }],
  kinds: ['tcp', 'tls'],
  priority: 0,
  timeoutMs: 5000,
};

/** Half an hour ago and half an hour ahead, so that no test runs across an occurrence. */
const minute = (new Date().getUTCMinutes() + 30) % 60;
const hourly = { ...nightly, cron: `${minute} * * * *`, timeZone: 'UTC' };

/** The occurrence of it half an hour ago. */
function latestHour(): Date {
  const past = minute * 60_000;
  return new Date(Math.floor((Date.now() - past) / hourMs) * hourMs + past);
}

/** Lets the appointed time of a schedule be in the past, as it is after some hours without managers. */
async function letBeDue(setup: TestFleet, id: string, at: Date): Promise<void> {
  await setup.open.jobs.query('update scan_schedules set next_at = $2 where id = $1', [id, at]);
}

async function scansOf(setup: TestFleet, scheduleId: string) {
  return await setup.fleet.scans.list({ limit: 100, before: null, scheduleId });
}

test('a schedule says when it comes next, by the clock of its zone', async () => {
  await using setup = await createTestFleet();
  const made = await setup.fleet.schedules.create(nightly, 'ada');
  expect(made).toMatchObject({ name: 'shop, nightly', madeBy: 'ada', changedBy: 'ada', firings: [] });
  const [first] = made.upcoming;
  expect(made.nextAt).toEqual(first);
  expect(made.upcoming).toHaveLength(3);
  for (const at of made.upcoming)
    expect(at.toLocaleTimeString('en-GB', { timeZone: 'Europe/Berlin' })).toBe('03:00:00');
  await setup.fleet.round();
  await expect(scansOf(setup, made.id)).resolves.toEqual([]);
});

test('one that is fired in time is not called late', async () => {
  await using setup = await createTestFleet();
  const { id } = await setup.fleet.schedules.create({ ...hourly, cron: '* * * * *' }, 'ada');
  await letBeDue(setup, id, new Date(Math.floor(Date.now() / 60_000) * 60_000));
  await setup.fleet.round();
  expect((await setup.fleet.schedules.read(id)).firings.at(-1)).toMatchObject({ outcome: 'fired', missed: 0 });
});

test('what is due becomes a scan that names its schedule, and its jobs go to scanners that wait', async () => {
  await using setup = await createTestFleet();
  const scanner = await setup.scanner();
  const { id } = await setup.fleet.schedules.create(hourly, 'ada');
  const dueAt = latestHour();
  await letBeDue(setup, id, dueAt);
  const waiting = scanner.lease({ max: 10, waitSeconds: 10 });
  await setup.fleet.round();
  await expect(waiting).resolves.toHaveLength(2);
  const [scan] = await scansOf(setup, id);
  expect(scan).toMatchObject({
    name: 'shop, nightly',
    requestedBy: 'ada',
    scheduleId: id,
    scheduleName: 'shop, nightly',
    dueAt,
    counts: { total: 2 },
  });
  const { firings, nextAt } = await setup.fleet.schedules.read(id);
  expect(firings).toMatchObject([{ dueAt, scanId: scan?.id, reason: null, missed: 0 }]);
  expect(nextAt?.getTime()).toBeGreaterThan(Date.now());
});

test('of several managers exactly one fires each occurrence', async () => {
  await using setup = await createTestFleet();
  const fleets = [setup.fleet, ...(await Promise.all([1, 2, 3, 4].map(async () => await setup.another())))];
  const schedules = await Promise.all(
    Array.from({ length: 30 }, async (_, index) =>
      setup.fleet.schedules.create({ ...hourly, name: `number ${index}` }, 'ada'),
    ),
  );
  for (let round = 3; round > 0; round -= 1) {
    await setup.open.jobs.query("update scan_jobs set outcome = 'done', ended_at = now()");
    await setup.open.jobs.query('update scan_schedules set next_at = $1', [
      new Date(latestHour().getTime() - round * hourMs),
    ]);
    // What was fired before is moved out of the way, so that the same occurrence comes anew for everybody.
    await setup.open.jobs.query("update scan_firings set due_at = due_at - interval '100 hours'");
    await Promise.all(fleets.map(async (fleet) => await fleet.round()));
  }
  const counted = await setup.open.jobs.query(
    `select count(*)::integer as scans, count(distinct schedule_id)::integer as schedules,
            (select count(*)::integer from scan_firings) as firings, (select count(*)::integer from scan_jobs) as jobs
       from scans`,
  );
  expect(counted).toEqual([{ scans: 90, schedules: 30, firings: 90, jobs: 180 }]);
  expect(schedules).toHaveLength(30);
});

test('a manager that fails in the middle of firing leaves the occurrence whole for another one', async () => {
  await using setup = await createTestFleet();
  const { id } = await setup.fleet.schedules.create(hourly, 'ada');
  const queue = createJobQueue({ url: setup.databases.jobs.urls.app, log: silentLog });
  const broken: JobQueue = { ...queue, add: async () => await Promise.reject(new Error('the manager dies here')) };
  const failing = await setup.another({ queue: broken });
  await letBeDue(setup, id, latestHour());
  await expect(failing.round()).rejects.toThrow('the manager dies here');
  await expect(setup.fleet.schedules.read(id)).resolves.toMatchObject({ nextAt: latestHour(), firings: [] });
  await expect(scansOf(setup, id)).resolves.toEqual([]);
  await setup.fleet.round();
  await expect(scansOf(setup, id)).resolves.toMatchObject([{ counts: { total: 2 } }]);
});

test('managers at work fire by themselves what is due', async () => {
  await using setup = await createTestFleet({ deps: { tickMs: 50 } });
  await setup.fleet.start();
  const { id } = await setup.fleet.schedules.create(hourly, 'ada');
  await letBeDue(setup, id, latestHour());
  await waitFor(async () => (await scansOf(setup, id)).length > 0, { what: 'the scan that was due' });
});

test('an occurrence that has been fired is not fired again, even when its schedule is set back', async () => {
  await using setup = await createTestFleet();
  const { id } = await setup.fleet.schedules.create(hourly, 'ada');
  for (let time = 0; time < 2; time += 1) {
    await letBeDue(setup, id, latestHour());
    await setup.fleet.round();
    await setup.open.jobs.query("update scan_jobs set outcome = 'done', ended_at = now()");
  }
  await expect(scansOf(setup, id)).resolves.toHaveLength(1);
});

test('after hours without a manager one scan makes up for all that went by, and says so', async () => {
  await using setup = await createTestFleet();
  const { id } = await setup.fleet.schedules.create(hourly, 'ada');
  await letBeDue(setup, id, new Date(latestHour().getTime() - 5 * hourMs));
  await setup.fleet.round();
  await setup.fleet.round();
  await expect(scansOf(setup, id)).resolves.toHaveLength(1);
  const { firings } = await setup.fleet.schedules.read(id);
  expect(firings).toMatchObject([{ dueAt: latestHour(), outcome: 'caught_up', missed: 5 }]);
});

test('while the scan before still runs an occurrence is skipped, with the scan that was in the way', async () => {
  await using setup = await createTestFleet();
  const { id } = await setup.fleet.schedules.create(hourly, 'ada');
  const running = await setup.fleet.schedules.run(id, 'grace');
  await letBeDue(setup, id, latestHour());
  await setup.fleet.round();
  const { firings, nextAt } = await setup.fleet.schedules.read(id);
  expect(firings).toMatchObject([{ outcome: 'skipped', reason: 'still_running', scanId: running }]);
  expect(nextAt?.getTime()).toBeGreaterThan(Date.now());
  await expect(scansOf(setup, id)).resolves.toMatchObject([{ id: running, requestedBy: 'grace', dueAt: null }]);
});

test('running one now is refused while its scan before still runs, and possible again when that has ended', async () => {
  await using setup = await createTestFleet();
  const { id } = await setup.fleet.schedules.create(nightly, 'ada');
  const running = await setup.fleet.schedules.run(id, 'ada');
  await expect(setup.fleet.schedules.run(id, 'ada')).rejects.toMatchObject({
    code: 'schedule_still_running',
    details: { scanId: running },
  });
  await setup.fleet.scans.cancel(running);
  await expect(setup.fleet.schedules.run(id, 'ada')).resolves.not.toBe(running);
});

test('people who run one at the same moment get one scan', async () => {
  await using setup = await createTestFleet();
  const { id } = await setup.fleet.schedules.create(nightly, 'ada');
  const runs = await Promise.allSettled([1, 2, 3, 4].map(async () => await setup.fleet.schedules.run(id, 'ada')));
  expect(runs.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected']);
  await expect(scansOf(setup, id)).resolves.toHaveLength(1);
});

test('while the gate is closed nothing fires; once it opens the occurrence is caught up', async () => {
  let open = false;
  await using setup = await createTestFleet({ deps: { isProductOpen: () => open } });
  const { id } = await setup.fleet.schedules.create(hourly, 'ada');
  await letBeDue(setup, id, new Date(latestHour().getTime() - hourMs));
  await setup.fleet.round();
  await expect(scansOf(setup, id)).resolves.toEqual([]);
  open = true;
  await setup.fleet.round();
  expect((await setup.fleet.schedules.read(id)).firings).toMatchObject([{ outcome: 'caught_up', missed: 1 }]);
});

test('a paused one never fires, and makes up for nothing when it is resumed', async () => {
  await using setup = await createTestFleet();
  const { id } = await setup.fleet.schedules.create(hourly, 'ada');
  await letBeDue(setup, id, new Date(latestHour().getTime() - hourMs));
  const paused = await setup.fleet.schedules.change(id, { enabled: false }, 'grace');
  expect(paused).toMatchObject({ nextAt: null, upcoming: [], changedBy: 'grace' });
  await setup.fleet.round();
  const resumed = await setup.fleet.schedules.change(id, { enabled: true }, 'grace');
  expect(resumed.nextAt?.getTime()).toBeGreaterThan(Date.now());
  await setup.fleet.round();
  await expect(scansOf(setup, id)).resolves.toEqual([]);
});

test('a change of anything but the timing leaves the appointed time alone, one of the timing sets it anew', async () => {
  await using setup = await createTestFleet();
  const { id } = await setup.fleet.schedules.create(hourly, 'ada');
  const appointed = latestHour();
  await letBeDue(setup, id, appointed);
  const targets = [{ host: '10.0.0.9', port: 22 }];
  const renamed = await setup.fleet.schedules.change(id, { name: 'shop', targets, kinds: ['tcp'] }, 'ada');
  expect(renamed).toMatchObject({ name: 'shop', targets, kinds: ['tcp'], nextAt: appointed, cron: hourly.cron });
  const moved = await setup.fleet.schedules.change(id, { cron: '30 4 * * *' }, 'ada');
  expect(moved.nextAt?.toISOString()).toMatch(/T04:30:00/);
});

test('one that can no longer be read is paused and says so, and the others go on', async () => {
  await using setup = await createTestFleet();
  const bad = await setup.fleet.schedules.create(hourly, 'ada');
  const good = await setup.fleet.schedules.create(hourly, 'ada');
  await setup.open.jobs.query("update scan_schedules set time_zone = 'Mars/Olympus' where id = $1", [bad.id]);
  await letBeDue(setup, bad.id, new Date(latestHour().getTime() - hourMs));
  await letBeDue(setup, good.id, latestHour());
  await setup.fleet.round();
  await expect(setup.fleet.schedules.read(bad.id)).resolves.toMatchObject({
    nextAt: null,
    firings: [{ outcome: 'skipped', reason: 'unreadable', scanId: null }],
  });
  await expect(scansOf(setup, good.id)).resolves.toHaveLength(1);
  const mended = await setup.fleet.schedules.change(bad.id, { timeZone: 'UTC', enabled: true }, 'ada');
  expect(mended.nextAt?.getTime()).toBeGreaterThan(Date.now());
});

test('deleting one leaves its scans, which then name no schedule', async () => {
  await using setup = await createTestFleet();
  const { id } = await setup.fleet.schedules.create(nightly, 'ada');
  const scanId = await setup.fleet.schedules.run(id, 'ada');
  await expect(setup.fleet.schedules.remove(id)).resolves.toBe('shop, nightly');
  await expect(setup.fleet.scans.read(scanId)).resolves.toMatchObject({ scheduleId: null, scheduleName: null });
  await expect(setup.fleet.schedules.read(id)).rejects.toMatchObject({ code: 'schedule_unknown', httpStatus: 404 });
  await expect(setup.fleet.schedules.remove(id)).rejects.toMatchObject({ code: 'schedule_unknown' });
});

test('the list is by name, each with what became of its latest occurrence; only the newest hundred are kept', async () => {
  await using setup = await createTestFleet();
  const { id } = await setup.fleet.schedules.create({ ...hourly, name: 'Zoo' }, 'ada');
  await setup.fleet.schedules.create({ ...hourly, name: 'archive', enabled: false }, 'ada');
  await setup.open.jobs.query(
    `insert into scan_firings (schedule_id, due_at, outcome)
     select $1, now() - n * interval '1 hour', 'fired' from generate_series(2, 150) n`,
    [id],
  );
  await letBeDue(setup, id, latestHour());
  await setup.fleet.round();
  const list = await setup.fleet.schedules.list();
  expect(list.map(({ name }) => name)).toEqual(['archive', 'Zoo']);
  expect(list).toMatchObject([
    { nextAt: null, latest: null },
    { targetCount: 1, latest: { dueAt: latestHour() } },
  ]);
  const counted = await setup.open.jobs.query('select count(*)::integer as firings from scan_firings');
  expect(counted).toEqual([{ firings: 100 }]);
});

test('as many schedules as may be kept are kept, and no more', async () => {
  await using setup = await createTestFleet();
  const { id } = await setup.fleet.schedules.create({ ...nightly, enabled: false }, 'ada');
  await setup.open.jobs.query(
    `insert into scan_schedules (name, cron, time_zone, targets, kinds, priority, timeout_ms, made_by, changed_by)
     select name, cron, time_zone, targets, kinds, priority, timeout_ms, made_by, changed_by
       from scan_schedules, generate_series(1, 499) where id = $1`,
    [id],
  );
  await expect(setup.fleet.schedules.create(nightly, 'ada')).rejects.toMatchObject({ code: 'schedules_too_many' });
});
