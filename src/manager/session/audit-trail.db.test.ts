import { expect, it } from 'vitest';
import { systemClock } from '../../base/index.ts';
import { openDatabase } from '../../postgres/index.ts';
import { createTestDatabases, startPostgresProxy, waitFor } from '../../../test/testkit/index.ts';
import { createLog } from '../../http/index.ts';
import { createAuditTrail } from './audit-trail.ts';

const event = {
  actor: 'ada',
  actorMethod: 'password',
  action: 'session.created',
  subject: 'ada',
  details: {},
  requestId: null,
} as const;

async function setup() {
  const databases = await createTestDatabases({ migrated: true });
  const proxy = await startPostgresProxy(databases.config.urls.app);
  const config = openDatabase({
    name: 'config',
    url: proxy.urlThrough(databases.config.urls.app),
    applicationName: 'test',
    connectTimeoutMs: 500,
    statementTimeoutMs: 500,
    max: 2,
  });
  const logs: string[] = [];
  const trail = createAuditTrail({
    config,
    clock: systemClock,
    log: createLog('manager', 'info', { write: (line) => logs.push(line) }),
  });
  const actors = async (): Promise<unknown[]> =>
    (await databases.config.query('app', 'select actor from audit_events order by id')).map((row) => row['actor']);
  const dispose = async (): Promise<void> => {
    await config.close();
    await proxy.stop();
    await databases[Symbol.asyncDispose]();
  };
  return { proxy, trail, logs, actors, [Symbol.asyncDispose]: dispose };
}

it('keeps events in their order and with their times until the database is back', async () => {
  await using test = await setup();
  await test.proxy.stop();
  for (const actor of ['first', 'second', 'third']) test.trail.record({ ...event, actor });
  await test.trail.flush();
  expect(test.trail.waiting()).toHaveLength(3);
  expect(test.logs.filter((line) => line.includes('audit: session.created'))).toHaveLength(3);
  await test.proxy.start();
  await test.trail.flush();
  expect(test.trail.waiting()).toEqual([]);
  expect(await test.actors()).toEqual(['first', 'second', 'third']);
});

it('does not let an event that the database refuses for good hold up those behind it', async () => {
  await using test = await setup();
  test.trail.record({ ...event, actor: 'odd', action: 'not dotted' });
  test.trail.record({ ...event, actor: 'next' });
  await waitFor(() => test.trail.waiting().length === 0, { what: 'the queue to empty' });
  expect(await test.actors()).toEqual(['next']);
  expect(test.logs.some((line) => line.includes('refuses an audit event for good') && line.includes('odd'))).toBe(true);
});
