import { once } from 'node:events';
import { get } from 'node:http';
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { describe, expect, it } from 'vitest';
import { scriptedBackupService, waitFor } from '../../../test/testkit/index.ts';
import { jobsBehind } from '../../../test/testkit/memory-posture.ts';
import { createTestManager, recoveryToken, cookieOf } from '../../../test/testkit/test-manager.ts';
import { backups } from '../../../web/fixtures/backups.ts';
import { takingRun } from '../../../web/fixtures/backup-status.ts';
import { createBackupClient } from '../../backups/client/index.ts';
import { Secret } from '../../base/index.ts';
import { bundleEntrySchema, bundleSummarySchema, type Role } from '../../contract/index.ts';
import { listen } from '../../http/index.ts';

const serviceToken = 'the-token-of-the-backup-service';
const { bundles, status } = backups.full;
const entry = bundleEntrySchema.parse(bundles[0]);
const { id } = entry;
const path = `/api/admin/backups/${id}`;

/** A manager and the backup service it asks, which answers what a healthy one does. */
async function setup() {
  const service = await scriptedBackupService();
  service.answer('GET /api/bundles', 200, { bundles, broken: [] });
  service.answer('GET /api/status', 200, status);
  service.answer(`GET /api/bundles/${id}`, 200, entry);
  service.answer('POST /api/bundles', 202, takingRun);
  service.answer(`POST /api/bundles/${id}/verify`, 202, { ...takingRun, kind: 'verify', bundleId: id });
  service.answer(`PUT /api/bundles/${id}/pin`, 200, entry);
  service.answer(`DELETE /api/bundles/${id}/pin`, 200, entry);
  service.answer(`DELETE /api/bundles/${id}`, 204);
  service.answer('GET /api/runs/run-9', 200, takingRun);
  service.answer('POST /api/runs/run-9/cancel', 202, { ...takingRun, state: 'cancelled' });
  service.answer('POST /api/keys/challenge', 200, { recipient: 'age1a', challenge: '-----BEGIN AGE' });
  service.answer('POST /api/keys/answer', 200, { recipient: 'age1a', provenAt: entry.createdAt, provenBy: 'admin' });
  const backupClient = createBackupClient({ url: service.url, token: new Secret(serviceToken), deadlineMs: 3000 });
  const test = await createTestManager({ deps: { backups: backupClient } });
  return {
    ...test,
    service,
    deeds: async () =>
      await test.databases.config.query(
        'app',
        "select actor, action, subject, details from audit_events where action like 'backup.%' order by id",
      ),
    as: async (role: Role, method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, payload?: object) => {
      const cookie = await test.signIn(role);
      return await test.inject({ method, url, headers: { cookie }, ...(payload === undefined ? {} : { payload }) });
    },
    [Symbol.asyncDispose]: async () => {
      await test[Symbol.asyncDispose]();
      await service[Symbol.asyncDispose]();
    },
  };
}

type Setup = Awaited<ReturnType<typeof setup>>;

/** A request over a real connection, whose answer is still under way. */
async function begin(url: string, headers: OutgoingHttpHeaders): Promise<IncomingMessage> {
  const request = get(url, { headers, agent: false });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return response;
}

async function listening(test: Setup): Promise<string> {
  return await listen(test.manager.app, { host: '127.0.0.1', port: 0, settings: { host: 'HOST', port: 'PORT' } });
}

const reads = [
  '/api/admin/backups',
  '/api/admin/backups/status',
  path,
  '/api/admin/backups/runs/current',
  '/api/admin/backups/runs/run-9',
];
const changes = [
  ['POST', '/api/admin/backups'],
  ['POST', `${path}/verify`],
  ['PUT', `${path}/pin`],
  ['DELETE', `${path}/pin`],
  ['DELETE', path],
  ['POST', '/api/admin/backups/runs/run-9/cancel'],
  ['POST', '/api/admin/backups/keys/challenge', { recipient: 'age1a' }],
  ['POST', '/api/admin/backups/keys/answer', { recipient: 'age1a', text: 'plimsoll-1' }],
] as const;

describe('who may do what', () => {
  it('an auditor reads all of it, changes none of it and downloads nothing', async () => {
    await using test = await setup();
    const cookie = await test.signIn('auditor');
    for (const url of reads) expect((await test.inject({ url, headers: { cookie } })).statusCode, url).toBe(200);
    for (const [method, url, payload] of changes) {
      const refused = await test.inject({ method, url, headers: { cookie }, ...(payload && { payload }) });
      expect([refused.statusCode, refused.json<{ code: string }>().code], url).toEqual([403, 'read_only']);
    }
    const download = await test.inject({ url: `${path}/download`, headers: { cookie } });
    expect([download.statusCode, download.json<{ code: string }>().code]).toEqual([403, 'forbidden']);
    expect(test.service.calls.filter(({ call }) => !call.startsWith('GET'))).toEqual([]);
    expect(await test.deeds()).toEqual([]);
  });

  it('other roles and people who are not signed in see nothing', async () => {
    await using test = await setup();
    const cookie = await test.signIn('user');
    for (const url of [...reads, `${path}/download`, '/api/admin/backups/runs/current/events']) {
      expect((await test.inject({ url, headers: { cookie } })).statusCode, url).toBe(403);
      expect((await test.inject({ url })).statusCode, url).toBe(401);
    }
    expect(test.service.calls).toEqual([]);
  });

  it('an administrator changes what there is to change, and each deed is written down with who did it', async () => {
    await using test = await setup();
    const cookie = await test.signIn('admin');
    const statuses: number[] = [];
    for (const [method, url, payload] of changes) {
      const answer = await test.inject({ method, url, headers: { cookie }, ...(payload && { payload }) });
      statuses.push(answer.statusCode);
    }
    expect(statuses).toEqual([202, 202, 200, 200, 204, 202, 200, 200]);
    await waitFor(async () => (await test.deeds()).length >= 7, { what: 'the deeds in the audit log' });
    expect((await test.deeds()).map(({ actor, action, subject }) => [actor, action, subject])).toEqual([
      ['admin', 'backup.begun', 'run-9'],
      ['admin', 'backup.verification_begun', id],
      ['admin', 'backup.pinned', id],
      ['admin', 'backup.unpinned', id],
      ['admin', 'backup.deleted', id],
      ['admin', 'backup.cancelled', 'run-9'],
      ['admin', 'backup.key_proven', 'age1a'],
    ]);
  });
});

describe('what reaches the service', () => {
  it('is what was asked for, in the name of who asked', async () => {
    await using test = await setup();
    await test.as('admin', 'POST', '/api/admin/backups', { pinNote: 'before 1.5.0' });
    await test.as('admin', 'POST', `${path}/verify`, { method: 'restore' });
    await test.as('admin', 'PUT', `${path}/pin`, { note: 'keep' });
    await test.as('admin', 'DELETE', path);
    expect(test.service.calls.map(({ call, query, body }) => [call, query, body])).toEqual([
      ['POST /api/bundles', '', { by: 'admin', pinNote: 'before 1.5.0' }],
      [`POST /api/bundles/${id}/verify`, '', { by: 'admin', method: 'restore' }],
      [`PUT /api/bundles/${id}/pin`, '', { by: 'admin', note: 'keep' }],
      [`DELETE /api/bundles/${id}`, '?by=admin', undefined],
    ]);
  });

  it('carries the token of the service, which no answer to a browser ever does', async () => {
    await using test = await setup();
    const answers = [];
    for (const url of reads) answers.push(await test.as('admin', 'GET', url));
    expect(test.service.calls.every(({ authorization }) => authorization === `Bearer ${serviceToken}`)).toBe(true);
    for (const answer of answers)
      expect(`${JSON.stringify(answer.headers)} ${answer.body}`).not.toContain(serviceToken);
  });

  it.each(['..%2f..%2fapi%2fstatus', '20261120T021000Z-XYZ', '20261120T021000Z-0a0a0a0a%00'])(
    'is never an id that is none: %s',
    async (bad) => {
      await using test = await setup();
      for (const [method, end] of [
        ['GET', ''],
        ['DELETE', ''],
        ['GET', '/download'],
        ['POST', '/verify'],
      ] as const) {
        const answer = await test.as('admin', method, `/api/admin/backups/${bad}${end}`);
        expect([400, 404]).toContain(answer.statusCode);
      }
      expect(test.service.calls).toEqual([]);
    },
  );
});

describe('what comes back', () => {
  it('the list has a row a bundle, without its tables and its ledger', async () => {
    await using test = await setup();
    const list = (await test.as('auditor', 'GET', '/api/admin/backups')).json<{ bundles: Record<string, unknown>[] }>();
    expect(list.bundles.map((row) => row['id'])).toEqual(bundles.map((each) => each.id));
    expect(list.bundles[0]).toMatchObject({ takenBy: 'ada', reason: 'manual', skewMs: 4.2, rows: 5_182_842 });
    expect(list.bundles[0]).toMatchObject({ references: { checked: 4_238_794, missing: 0 } });
    expect(list.bundles[0]).not.toHaveProperty('manifest');
  });

  it('one bundle comes whole, with the commands of this deployment that bring it back', async () => {
    await using test = await setup();
    const { bundle, restore } = (await test.as('auditor', 'GET', path)).json<{ bundle: unknown; restore: unknown[] }>();
    expect(bundle).toEqual(entry);
    expect(JSON.stringify(restore)).toContain(`npx plimsoll backup restore ${id}`);
  });

  it('a refusal of the service keeps its status, its code and its way out', async () => {
    await using test = await setup();
    const problem = {
      type: '/docs/errors.md#backup_busy',
      title: 'Backup busy',
      status: 409,
      code: 'backup_busy',
      detail: 'a bundle is being taken by schedule',
      remedy: 'Wait for it, or cancel it.',
      requestId: 'there',
      runId: 'run-9',
    };
    test.service.answer('POST /api/bundles', 409, problem);
    const answer = await test.as('admin', 'POST', '/api/admin/backups');
    expect(answer.statusCode).toBe(409);
    expect(answer.json()).toMatchObject({
      code: 'backup_busy',
      detail: problem.detail,
      remedy: problem.remedy,
      runId: 'run-9',
    });
    expect(answer.json<{ requestId: string }>().requestId).not.toBe('there');
    expect(await test.deeds()).toEqual([]);
  });

  it('a wrong token of the manager is no 401 for the browser, which would sign its user out', async () => {
    await using test = await setup();
    test.service.answer('GET /api/status', 401);
    const answer = await test.as('admin', 'GET', '/api/admin/backups/status');
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([503, 'backup_unauthorized']);
  });
});

describe('when something is down', () => {
  it('a service that is stopped is told with what starts it, and with the bundle that was last known', async () => {
    await using test = await setup();
    const posture = test.posture.source.current().posture;
    const lastKnown = { bundle: bundleSummarySchema.parse(entry), readAt: posture.generatedAt };
    test.posture.set({
      ...posture,
      app: { ...posture.app, migratorCommand: 'docker compose --profile migrate run --rm migrator' },
      lastBackup: { ...posture.lastBackup, status: 'unavailable', lastKnown },
    });
    await test.service.stop();
    for (const url of [...reads, `${path}/download`, '/api/admin/backups/runs/current/events']) {
      const answer = await test.as('admin', 'GET', url);
      expect(answer.statusCode, url).toBe(503);
      expect(answer.json()).toMatchObject({
        code: 'backup_unreachable',
        remedy: 'docker compose up -d backup',
        lastKnown,
      });
    }
    for (const [method, url, payload] of changes)
      expect((await test.as('admin', method, url, payload)).statusCode, url).toBe(503);
    expect(await test.deeds()).toEqual([]);
  });

  it('a closed gate closes none of it', async () => {
    await using test = await setup();
    test.posture.close(jobsBehind, { ...jobsBehind, part: 'leases' });
    for (const url of reads) expect((await test.as('auditor', 'GET', url)).statusCode, url).toBe(200);
    expect((await test.as('admin', 'POST', '/api/admin/backups')).statusCode).toBe(202);
  });

  it('without the config database whoever breaks the glass still reads it, and changes nothing', async () => {
    await using test = await setup();
    await test.proxy.stop();
    const opened = await test.inject({ method: 'POST', url: '/api/session', payload: { recoveryToken } });
    const cookie = cookieOf(opened);
    for (const url of reads) expect((await test.inject({ url, headers: { cookie } })).statusCode, url).toBe(200);
    const refused = await test.inject({ method: 'POST', url: '/api/admin/backups', headers: { cookie } });
    expect([refused.statusCode, refused.json<{ code: string }>().code]).toEqual([403, 'read_only']);
  });

  it('a deployment without a backup service is told what to set', async () => {
    await using test = await createTestManager();
    const cookie = await test.signIn('admin');
    const answer = await test.inject({ url: '/api/admin/backups', headers: { cookie } });
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toMatchObject({ code: 'backup_not_configured' });
  });
});

describe('the events', () => {
  const eventsPath = '/api/admin/backups/runs/current/events';
  const event = (count: number, run: unknown) => `id: ${count}\nevent: run\ndata: ${JSON.stringify({ run })}\n\n`;

  it('come through as they are sent, and the service is let go of when the browser leaves', async () => {
    await using test = await setup();
    let send: (text: string) => void = () => undefined;
    test.service.on('GET /api/runs/current/events', (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      send = (text) => void response.write(text);
      send(event(1, takingRun));
    });
    const cookie = await test.signIn('auditor');
    const stream = await begin(`${await listening(test)}${eventsPath}`, { cookie, 'last-event-id': '7' });
    let seen = '';
    stream.setEncoding('utf8').on('data', (text: string) => (seen += text));
    expect(stream.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    expect(stream.headers['cache-control']).toBe('no-store');
    await waitFor(() => seen.includes(event(1, takingRun)), { what: 'the first event' });
    send(event(2, null));
    await waitFor(() => seen.includes(event(2, null)), { what: 'the second event' });
    expect(test.service.calls.at(-1)?.headers['last-event-id']).toBe('7');
    stream.destroy();
    await waitFor(() => test.service.connections === 0, { what: 'the service to be let go of' });
  });

  it('begin although the service has nothing to tell, and end when it goes away', async () => {
    await using test = await setup();
    test.service.on('GET /api/runs/current/events', (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.flushHeaders();
    });
    const cookie = await test.signIn('admin');
    const stream = await begin(`${await listening(test)}${eventsPath}`, { cookie });
    expect(stream.statusCode).toBe(200);
    stream.resume();
    const ended = once(stream, 'end');
    await test.service.stop();
    await ended;
  });

  it('do not keep the manager from stopping', async () => {
    await using test = await setup();
    test.service.on('GET /api/runs/current/events', (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(event(1, null));
    });
    const cookie = await test.signIn('admin');
    const stream = await begin(`${await listening(test)}${eventsPath}`, { cookie });
    const ended = once(stream.resume(), 'close');
    await test.manager.stop();
    await ended;
  });
});

describe('the download', () => {
  const archive = Buffer.from('an archive of three databases');

  function offerArchive({ service }: Setup): void {
    service.on(`GET /api/bundles/${id}/download`, ({ headers }, response) => {
      const ranged = headers.range !== undefined;
      const body = ranged ? archive.subarray(3) : archive;
      response.writeHead(ranged ? 206 : 200, {
        'content-type': 'application/octet-stream',
        'content-length': body.length,
        'accept-ranges': 'bytes',
        etag: '"e1"',
        'x-secret': 'of the service alone',
        ...(ranged ? { 'content-range': `bytes 3-${archive.length - 1}/${archive.length}` } : {}),
      });
      response.end(body);
    });
  }

  it('is the archive under the name of its bundle, and nothing else of the answer', async () => {
    await using test = await setup();
    offerArchive(test);
    const answer = await test.as('admin', 'GET', `${path}/download`);
    expect(answer.statusCode).toBe(200);
    expect(answer.rawPayload).toEqual(archive);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/x-tar',
      'content-length': String(archive.length),
      'content-disposition': `attachment; filename="plimsoll-${id}.tar"`,
      'accept-ranges': 'bytes',
      etag: '"e1"',
      'cache-control': 'no-store',
    });
    expect(answer.headers).not.toHaveProperty('x-secret');
    await waitFor(async () => (await test.deeds()).length === 1, { what: 'the deed in the audit log' });
    expect(await test.deeds()).toMatchObject([{ actor: 'admin', action: 'backup.downloaded', subject: id }]);
  });

  it('goes on where it stopped', async () => {
    await using test = await setup();
    offerArchive(test);
    const cookie = await test.signIn('admin');
    const headers = { cookie, range: 'bytes=3-', 'if-range': '"e1"' };
    const answer = await test.inject({ url: `${path}/download`, headers });
    expect(answer.statusCode).toBe(206);
    expect(answer.headers['content-range']).toBe(`bytes 3-${archive.length - 1}/${archive.length}`);
    expect(answer.rawPayload).toEqual(archive.subarray(3));
    expect(test.service.calls.at(-1)?.headers).toMatchObject({ range: 'bytes=3-', 'if-range': '"e1"' });
  });

  it('can be asked about without being begun', async () => {
    await using test = await setup();
    test.service.on(`HEAD /api/bundles/${id}/download`, (_, response) => {
      response.writeHead(200, { 'content-length': archive.length, 'accept-ranges': 'bytes' }).end();
    });
    const cookie = await test.signIn('admin');
    const answer = await test.inject({ method: 'HEAD', url: `${path}/download`, headers: { cookie } });
    expect([answer.statusCode, answer.headers['content-length']]).toEqual([200, String(archive.length)]);
    expect(await test.deeds()).toEqual([]);
  });

  it('that breaks off in the service breaks off in the browser too, and never looks whole', async () => {
    await using test = await setup();
    test.service.on(`GET /api/bundles/${id}/download`, (_, response) => {
      response.writeHead(200, { 'content-length': 1_000_000 });
      response.write(archive, () => response.destroy());
    });
    const cookie = await test.signIn('admin');
    const download = await begin(`${await listening(test)}${path}/download`, { cookie });
    await expect(download.resume().toArray()).rejects.toThrow(/aborted/);
  });

  it('lets go of the service when the browser gives up', async () => {
    await using test = await setup();
    test.service.on(`GET /api/bundles/${id}/download`, (_, response) => {
      response.writeHead(200, { 'content-length': 1_000_000 });
      response.write(archive);
    });
    const cookie = await test.signIn('admin');
    const download = await begin(`${await listening(test)}${path}/download`, { cookie });
    download.destroy();
    await waitFor(() => test.service.connections === 0, { what: 'the service to be let go of' });
  });
});
