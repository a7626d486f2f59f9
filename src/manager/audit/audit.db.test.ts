import { expect, test } from 'vitest';
import { insertAuditEvent, type AuditEvent } from '../../accounts/index.ts';
import { manualClock, waitFor } from '../../../test/testkit/index.ts';
import { createTestManager, recoveryToken, type TestManager } from '../../../test/testkit/test-manager.ts';
import { auditLogSchema, type AuditLog } from '../../contract/index.ts';

const hostile = '=HYPERLINK("http://evil")\u202E<script>\n';

/** Days apart, so that what the tests themselves do stands before all of them. */
const past: readonly (Pick<AuditEvent, 'actor' | 'action' | 'subject'> & { readonly day: number })[] = [
  { day: 1, actor: 'Ada', action: 'user.created', subject: 'grace' },
  { day: 2, actor: 'ada', action: 'user.disabled', subject: 'grace' },
  { day: 2, actor: 'grace', action: 'scan.created', subject: hostile },
  { day: 3, actor: hostile, action: 'session.created', subject: null },
];

async function filled(setup: TestManager): Promise<(search: string) => Promise<AuditLog>> {
  for (const { day, ...event } of past)
    await insertAuditEvent(setup.admin, {
      ...event,
      happenedAt: new Date(Date.UTC(2026, 4, day, 12)),
      actorMethod: 'password',
      details: { note: hostile },
      requestId: null,
    });
  const headers = { authorization: await setup.token('auditor') };
  return async (search) => {
    const response = await setup.inject({ url: `/api/admin/audit${search}`, headers });
    expect(response.statusCode).toBe(200);
    return auditLogSchema.parse(response.json());
  };
}

const actions = ({ events }: AuditLog): string[] => events.map(({ action }) => action);

test('the log is read by who, what, about whom and when, a page at a time', async () => {
  await using setup = await createTestManager();
  const read = await filled(setup);
  const until = '&until=2026-05-03';
  expect(actions(await read(`?actor=ADA${until}`))).toEqual(['user.disabled', 'user.created']);
  expect(actions(await read(`?action=user.${until}`))).toEqual(['user.disabled', 'user.created']);
  expect(actions(await read(`?about=GRACE${until}`))).toEqual(['user.disabled', 'user.created']);
  expect(actions(await read(`?about=hyperlink${until}`))).toHaveLength(4);
  expect(actions(await read('?since=2026-05-02&until=2026-05-02T12:00'))).toEqual(['scan.created', 'user.disabled']);
  const pages: string[][] = [];
  for (let before = '', more = true; more;) {
    const page = await read(`?limit=3${until}${before}`);
    pages.push(actions(page));
    more = page.next !== null;
    before = `&before=${page.next}`;
  }
  expect(pages).toEqual([['session.created', 'scan.created', 'user.disabled'], ['user.created']]);
  const refused = await setup.inject({
    url: '/api/admin/audit?since=yesterday',
    headers: { cookie: await setup.signIn('auditor') },
  });
  expect(refused.json()).toMatchObject({ status: 400, code: 'audit_time_invalid' });
});

test('it goes out whole as CSV that no spreadsheet runs, and that it did is in the log', async () => {
  await using setup = await createTestManager();
  const read = await filled(setup);
  const headers = { cookie: await setup.signIn('auditor') };
  const response = await setup.inject({ url: '/api/admin/audit?format=csv&until=2026-05-03&limit=1', headers });
  expect(response.headers['content-disposition']).toContain('plimsoll-audit.csv');
  const lines = response.body.split('\r\n');
  expect(lines[0]).toBe('happened_at,actor,came_in_by,action,subject,details,waited_seconds,request_id');
  expect(lines).toHaveLength(past.length + 2);
  expect(response.body).not.toMatch(/(^|,)"?=/m);
  await waitFor(async () => actions(await read('?action=audit.')).length === 1, { what: 'the export to be on record' });
  const [exported] = (await read('?action=audit.exported')).events;
  expect(exported).toMatchObject({ actor: 'auditor', details: { until: '2026-05-03' } });
});

test('while the config database is down it says so and shows what waits; afterwards that is marked as late', async () => {
  const clock = manualClock(new Date());
  await using setup = await createTestManager({ clock });
  await setup.proxy.stop();
  await setup.inject({ method: 'POST', url: '/api/session', payload: { recoveryToken } });
  const signedIn = await setup.inject({ method: 'POST', url: '/api/session', payload: { recoveryToken } });
  const headers = { cookie: String(signedIn.headers['set-cookie']).split(';')[0] ?? '' };
  const read = async (search = '') =>
    auditLogSchema.parse((await setup.inject({ url: `/api/admin/audit${search}`, headers })).json());
  const down = await read();
  expect(down).toMatchObject({
    status: 'unknown',
    error: { code: expect.stringMatching(/^database_/) as string },
    events: [],
  });
  expect(down.waiting).toMatchObject([
    { id: null, actor: 'recovery', action: 'session.created', waitedSeconds: null },
    { id: null, actor: 'recovery', action: 'session.created' },
  ]);
  expect((await setup.inject({ url: '/api/admin/audit?format=csv', headers })).statusCode).toBe(503);

  clock.advance(42_000);
  await setup.proxy.start();
  const up = await waitFor(
    async () => {
      const log = await read();
      return log.status === 'ok' && log.waiting.length === 0 ? log : undefined;
    },
    { what: 'the log to be written', timeoutMs: 30_000 },
  );
  expect((await read('?actor=recovery')).events.slice(-2)).toMatchObject([
    { actor: 'recovery', waitedSeconds: 42, details: { address: expect.any(String) as string } },
    { actor: 'recovery', waitedSeconds: 42 },
  ]);
  expect(up.events.some(({ waitedSeconds }) => waitedSeconds === null)).toBe(true);
});
