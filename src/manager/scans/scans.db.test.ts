import { expect, test } from 'vitest';
import { waitFor } from '../../../test/testkit/index.ts';
import { createTestManager, type TestManager } from '../../../test/testkit/test-manager.ts';
import { problemSchema, scanSchema, scheduleDetailSchema, scheduleListSchema } from '../../contract/index.ts';

const schedule = {
  name: 'shop, nightly',
  targets: [{ host: 'shop.internal', port: 443 }],
  cron: '30 3 * * MON-FRI',
  timeZone: 'Europe/Berlin',
};

async function asUser(setup: TestManager) {
  const headers = { authorization: await setup.token('user') };
  return async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, payload?: object) =>
    await setup.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
}

test('a schedule is made, listed, paused, resumed, run and deleted, and the audit log has each deed', async () => {
  await using setup = await createTestManager();
  const call = await asUser(setup);
  const made = await call('POST', '/api/scans/schedules', schedule);
  expect(made.statusCode).toBe(201);
  const { id, ...shown } = scheduleDetailSchema.parse(made.json());
  expect(shown).toMatchObject({ enabled: true, kinds: ['tcp', 'tls'], targetCount: 1, madeBy: 'token of user' });
  expect(shown.upcoming).toHaveLength(3);
  expect(shown.upcoming[0]).toBe(shown.nextAt);
  const list = scheduleListSchema.parse((await call('GET', '/api/scans/schedules')).json());
  expect(list.schedules).toMatchObject([{ id, name: 'shop, nightly', latest: null }]);

  const path = `/api/scans/schedules/${id}`;
  const paused = await call('PATCH', path, { enabled: false });
  expect(scheduleDetailSchema.parse(paused.json())).toMatchObject({ enabled: false, nextAt: null, upcoming: [] });
  expect((await call('PATCH', path, { enabled: true, name: 'shop' })).json()).toMatchObject({ name: 'shop' });

  const run = await call('POST', `${path}/run`);
  const scan = scanSchema.parse(run.json());
  expect([run.statusCode, scan.schedule]).toEqual([201, { id, name: 'shop', dueAt: null }]);
  expect((await call('POST', `${path}/run`)).json()).toMatchObject({ status: 409, code: 'schedule_still_running' });
  expect((await call('GET', `/api/scans?schedule=${id}`)).json()).toMatchObject({ scans: [{ id: scan.id }] });
  expect((await call('POST', `/api/scans/${scan.id}/cancel`)).statusCode).toBe(200);

  expect((await call('DELETE', path)).statusCode).toBe(204);
  expect((await call('GET', path)).json()).toMatchObject({ status: 404, code: 'schedule_unknown' });
  expect((await call('GET', `/api/scans/${scan.id}`)).json()).toMatchObject({ schedule: null });
  const deeds = [
    'schedule.created',
    'schedule.changed',
    'schedule.changed',
    'schedule.run',
    'scan.cancelled',
    'schedule.deleted',
  ];
  await waitFor(async () => (await auditedActions(setup)).length >= deeds.length, { what: 'the audit rows' });
  expect(await auditedActions(setup)).toEqual(deeds);
});

async function auditedActions(setup: TestManager): Promise<unknown[]> {
  const rows = await setup.databases.config.query(
    'app',
    "select action from audit_events where action ~ '^(schedule|scan)[.]' order by id",
  );
  return rows.map((row) => row['action']);
}

test('the next three times of an expression are told before anything is kept', async () => {
  await using setup = await createTestManager();
  const call = await asUser(setup);
  const answer = await call('GET', '/api/scans/schedules/preview?cron=0%200%2029%202%20*&timeZone=Asia%2FTokyo');
  const { upcoming } = answer.json<{ upcoming: string[] }>();
  expect(upcoming).toHaveLength(3);
  for (const at of upcoming) expect(at).toMatch(/-02-28T15:00:00\.000Z$/);
});

test.each([
  ['every second', { cron: '* * * * * *' }, /cron: the expression has 6 fields; expected five/],
  ['a word', { cron: 'tomorrow' }, /cron: the expression has 1 field/],
  ['the thirtieth of February', { cron: '0 0 30 2 *' }, /cron: the expression never comes true/],
  ['minute 61', { cron: '61 * * * *' }, /cron: Invalid value for minute: 61/],
  ['a time zone that does not exist', { timeZone: 'Mars/Olympus' }, /timeZone: "Mars\/Olympus" is no time zone/],
  ['an offset in place of a zone', { timeZone: '+02:00' }, /timeZone: "\+02:00" is no time zone/],
])('%s is refused with what is wrong, when it is previewed, made and changed', async (_, wrong, why) => {
  await using setup = await createTestManager();
  const call = await asUser(setup);
  const { id } = (await call('POST', '/api/scans/schedules', schedule)).json<{ id: string }>();
  const timing = new URLSearchParams({ cron: schedule.cron, timeZone: schedule.timeZone, ...wrong }).toString();
  for (const answer of [
    await call('GET', `/api/scans/schedules/preview?${timing}`),
    await call('POST', '/api/scans/schedules', { ...schedule, ...wrong }),
    await call('PATCH', `/api/scans/schedules/${id}`, wrong),
  ]) {
    expect(problemSchema.parse(answer.json())).toMatchObject({ status: 400, code: 'schedule_invalid' });
    expect(answer.json<{ detail: string }>().detail).toMatch(why);
    expect(answer.json()).toMatchObject({ field: Object.keys(wrong)[0] });
  }
  const list = scheduleListSchema.parse((await call('GET', '/api/scans/schedules')).json());
  expect(list.schedules).toMatchObject([{ id, cron: schedule.cron, timeZone: schedule.timeZone }]);
});

const target = { host: 'a.internal', port: 443 };

test.each([
  ['no cron', { cron: undefined }, 'body.cron'],
  ['an endless cron', { cron: '1,'.repeat(5000) }, 'body.cron'],
  ['no target', { targets: [] }, 'body.targets'],
  ['more than a thousand targets', { targets: Array.from({ length: 1001 }, () => target) }, 'body.targets'],
  ['a host that is none', { targets: [{ host: 'a b; rm -rf /', port: 443 }] }, 'body.targets.0.host'],
  ['a URL in place of a host', { targets: [{ host: 'https://a.internal', port: 443 }] }, 'body.targets.0.host'],
  ['a port that is none', { targets: [{ host: 'a', port: 0 }] }, 'body.targets.0.port'],
  ['a kind that is none', { kinds: ['icmp'] }, 'body.kinds.0'],
  ['a kind twice', { kinds: ['tcp', 'tcp'] }, 'body.kinds'],
  ['a blank name', { name: '  ' }, 'body.name'],
  ['a field that is not known', { everySecond: true }, 'body.everySecond'],
])('%s is refused by the name of its field', async (_, wrong, field) => {
  await using setup = await createTestManager({ users: ['user'] });
  const call = await asUser(setup);
  const answer = await call('POST', '/api/scans/schedules', { ...schedule, ...wrong });
  expect(answer.json()).toMatchObject({ status: 400, code: 'request_invalid' });
  expect(answer.json<{ errors: { field: string }[] }>().errors.map((error) => error.field)).toContain(field);
});

test('a change that changes nothing is refused', async () => {
  await using setup = await createTestManager({ users: ['user'] });
  const call = await asUser(setup);
  const { id } = (await call('POST', '/api/scans/schedules', schedule)).json<{ id: string }>();
  expect((await call('PATCH', `/api/scans/schedules/${id}`, {})).json()).toMatchObject({ code: 'request_invalid' });
  expect((await call('PATCH', '/api/scans/schedules/nobody', {})).json()).toMatchObject({ code: 'request_invalid' });
});

test('a thousand targets with long names are taken, and a body beyond that is refused before it is read', async () => {
  await using setup = await createTestManager({ users: ['user'] });
  const call = await asUser(setup);
  const label = 'a'.repeat(60);
  const targets = Array.from({ length: 1000 }, (_, index) => ({
    host: `${label}.${label}.n${index}.internal`,
    port: 443,
  }));
  for (const [url, more] of [
    ['/api/scans', {}],
    ['/api/scans/schedules', { cron: '@daily' }],
  ] as const) {
    expect((await call('POST', url, { name: 'all', targets, kinds: ['tcp'], ...more })).statusCode, url).toBe(201);
    const huge = { name: 'all', targets: Array.from({ length: 20_000 }, () => target), ...more };
    expect((await call('POST', url, huge)).json(), url).toMatchObject({ status: 413, code: 'body_too_large' });
  }
});

test('findings come as files with a name to keep them under, and as plain JSON without one', async () => {
  await using setup = await createTestManager({ users: ['user'] });
  const call = await asUser(setup);
  const made = await call('POST', '/api/scans', { name: 'Shop & Büro', targets: schedule.targets });
  const { id } = made.json<{ id: string }>();
  const name = `scan-shop-buro-${id.slice(0, 8)}`;
  const target443 = '/api/findings?address=shop.internal%3A443';
  for (const [url, file] of [
    [`/api/scans/${id}/findings?format=csv`, `${name}.csv`],
    [`/api/scans/${id}/findings?format=json`, `${name}.json`],
    [`${target443}&format=csv`, 'target-shop-internal-443.csv'],
    [`${target443}&format=json`, 'target-shop-internal-443.json'],
  ] as const) {
    const { headers, body } = await call('GET', url);
    expect(headers['content-disposition']).toBe(`attachment; filename="${file}"`);
    expect(headers['content-type']).toMatch(url.includes('csv') ? /^text\/csv/ : /^application\/json/);
    expect(body).toMatch(url.includes('csv') ? /^address,kind,/ : /^\{"findings":\[\]\}$/);
  }
  const plain = await call('GET', `/api/scans/${id}/findings`);
  expect(plain.headers['content-disposition']).toBeUndefined();
  expect(plain.json()).toEqual({ findings: [] });
});
