import { once } from 'node:events';
import { connect } from 'node:net';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../base/index.ts';
import { problemSchema, releasePostureSchema, roles, type HelpPageDocument, type Role } from '../../contract/index.ts';
import { waitFor } from '../../../test/testkit/index.ts';
import { jobsBehind } from '../../../test/testkit/memory-posture.ts';
import { createTestManager, migrate, passwords, signInRequest } from '../../../test/testkit/test-manager.ts';

type Visitor = Role | 'signed out';
type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

const targets = [{ host: '127.0.0.1', port: 443 }];

/** An id that nothing has. */
const nobody = '0198c0de-0000-4000-8000-000000000000';

const noBundle = '20261122T163000Z-1b2c3d4e';

/** Every route with what each visitor gets: [method, url, signed out, user, auditor, admin]. */
const table: readonly (readonly [Method, string, number, number, number, number])[] = [
  ['GET', '/livez', 200, 200, 200, 200],
  ['GET', '/readyz', 200, 200, 200, 200],
  ['GET', '/metrics', 200, 200, 200, 200],
  ['GET', '/api/openapi.json', 200, 200, 200, 200],
  ['GET', '/docs/errors.md', 200, 200, 200, 200],
  ['GET', '/api/help', 200, 200, 200, 200],
  ['GET', '/api/help/release', 200, 200, 200, 200],
  ['GET', '/api/session', 401, 200, 200, 200],
  ['GET', '/api/session/ways', 200, 200, 200, 200],
  ['POST', '/api/session', 400, 400, 400, 400],
  ['DELETE', '/api/session', 204, 204, 204, 204],
  ['GET', '/api/admin/release', 401, 403, 200, 200],
  ['GET', '/api/admin/release/history', 401, 403, 200, 200],
  ['GET', '/api/admin/release/history/at?time=2026-01-01', 401, 403, 200, 200],
  ['GET', '/api/admin/release/evidence', 401, 403, 200, 200],
  // No backup service is configured here, which is told only to those who may ask.
  ['GET', '/api/admin/databases', 401, 403, 200, 200],
  ['GET', '/api/admin/backups', 401, 403, 503, 503],
  ['POST', '/api/admin/backups', 401, 403, 403, 503],
  ['GET', '/api/admin/backups/status', 401, 403, 503, 503],
  ['GET', `/api/admin/backups/${noBundle}`, 401, 403, 503, 503],
  ['DELETE', `/api/admin/backups/${noBundle}`, 401, 403, 403, 503],
  ['POST', `/api/admin/backups/${noBundle}/verify`, 401, 403, 403, 503],
  ['PUT', `/api/admin/backups/${noBundle}/pin`, 401, 403, 403, 503],
  ['DELETE', `/api/admin/backups/${noBundle}/pin`, 401, 403, 403, 503],
  ['GET', `/api/admin/backups/${noBundle}/download`, 401, 403, 403, 503],
  ['GET', '/api/admin/backups/runs/current', 401, 403, 503, 503],
  ['GET', '/api/admin/backups/runs/current/events', 401, 403, 503, 503],
  ['GET', `/api/admin/backups/runs/${nobody}`, 401, 403, 503, 503],
  ['POST', `/api/admin/backups/runs/${nobody}/cancel`, 401, 403, 403, 503],
  ['POST', '/api/admin/backups/keys/challenge', 401, 403, 403, 400],
  ['POST', '/api/admin/backups/keys/answer', 401, 403, 403, 400],
  ['GET', '/api/admin/scanners', 401, 403, 200, 200],
  ['GET', `/api/admin/scanners/${nobody}`, 401, 403, 404, 404],
  ['PATCH', `/api/admin/scanners/${nobody}`, 401, 403, 403, 400],
  ['POST', `/api/admin/scanners/${nobody}/revoke`, 401, 403, 403, 404],
  ['POST', `/api/admin/scanners/${nobody}/rotate`, 401, 403, 403, 404],
  ['GET', '/api/admin/enrolment-tokens', 401, 403, 200, 200],
  ['POST', '/api/admin/enrolment-tokens', 401, 403, 403, 201],
  ['DELETE', `/api/admin/enrolment-tokens/${nobody}`, 401, 403, 403, 404],
  ['GET', '/api/admin/users', 401, 403, 200, 200],
  ['POST', '/api/admin/users', 401, 403, 403, 400],
  ['PATCH', `/api/admin/users/${nobody}`, 401, 403, 403, 400],
  ['POST', `/api/admin/users/${nobody}/password`, 401, 403, 403, 404],
  ['GET', '/api/admin/tokens', 401, 403, 200, 200],
  ['POST', '/api/admin/tokens', 401, 403, 403, 400],
  ['DELETE', `/api/admin/tokens/${nobody}`, 401, 403, 403, 404],
  ['GET', '/api/admin/audit', 401, 403, 200, 200],
  ['GET', '/api/admin/settings', 401, 403, 200, 200],
  ['POST', '/scanner/v1/enrol', 400, 400, 400, 400],
  ['POST', '/scanner/v1/heartbeat', 400, 400, 400, 400],
  ['POST', '/scanner/v1/lease', 400, 400, 400, 400],
  ['POST', `/scanner/v1/jobs/${nobody}/result`, 400, 400, 400, 400],
  ['GET', '/api/scans', 401, 200, 200, 200],
  ['POST', '/api/scans', 401, 201, 403, 201],
  ['GET', '/api/scans/schedules', 401, 200, 200, 200],
  ['POST', '/api/scans/schedules', 401, 400, 403, 400],
  ['GET', '/api/scans/schedules/preview?cron=@daily', 401, 200, 200, 200],
  ['GET', `/api/scans/schedules/${nobody}`, 401, 404, 404, 404],
  ['PATCH', `/api/scans/schedules/${nobody}`, 401, 400, 403, 400],
  ['DELETE', `/api/scans/schedules/${nobody}`, 401, 404, 403, 404],
  ['POST', `/api/scans/schedules/${nobody}/run`, 401, 404, 403, 404],
  ['GET', `/api/scans/${nobody}`, 401, 404, 404, 404],
  ['POST', `/api/scans/${nobody}/cancel`, 401, 404, 403, 404],
  ['GET', `/api/scans/${nobody}/findings`, 401, 404, 404, 404],
  ['GET', '/api/findings?address=db.internal:443', 401, 200, 200, 200],
];

const help: HelpPageDocument = {
  page: 'release',
  title: 'Release',
  intro: 'Is it safe?',
  fields: [],
  howTos: [],
  gotchas: [],
  apiCalls: [],
  related: [],
};

function bodyOf(method: Method, url: string): { payload?: object } {
  if (!['POST', 'PUT', 'PATCH'].includes(method)) return {};
  return { payload: url === '/api/scans' ? { name: 'the web servers', targets } : {} };
}

describe('who may call what', () => {
  it('is as the table says, with a cookie and with a token, for every route there is', async () => {
    await using setup = await createTestManager({ deps: { help: [help] } });
    const visitors: readonly Visitor[] = ['signed out', ...(['user', 'auditor', 'admin'] as const)];
    for (const visitor of visitors) {
      const proofs: Record<string, string>[] =
        visitor === 'signed out'
          ? [{}]
          : [{ cookie: await setup.signIn(visitor) }, { authorization: await setup.token(visitor) }];
      for (const headers of proofs)
        for (const [method, url, ...expected] of table) {
          const response = await setup.inject({ method, url, headers, ...bodyOf(method, url) });
          const told = `${visitor} ${method} ${url} ${response.statusCode}`;
          expect(told).toBe(`${visitor} ${method} ${url} ${expected[visitors.indexOf(visitor)]}`);
        }
    }
    const covered = new Set(
      table.map(
        ([method, url]) =>
          `${method} ${url
            .replace(/help\/.+/, 'help/{page}')
            .replace(`runs/${nobody}`, 'runs/{run}')
            .replace(nobody, '{id}')
            .replace(noBundle, '{id}')
            .replace(/\?.*/, '')}`,
      ),
    );
    expect(new Set(setup.manager.routes.map(({ method, path }) => `${method} ${path}`))).toEqual(covered);
  });
});

it('HEAD asks for the same rights as GET', async () => {
  await using setup = await createTestManager({ users: ['user'] });
  const head = async (headers: Record<string, string>): Promise<number> =>
    (await setup.inject({ method: 'HEAD', url: '/api/admin/release', headers })).statusCode;
  expect(await head({})).toBe(401);
  expect(await head({ cookie: await setup.signIn('user') })).toBe(403);
});

describe('the closed gate', () => {
  it('switches product routes off with database, versions and remedy, and leaves the rest on', async () => {
    await using setup = await createTestManager();
    const headers = { authorization: await setup.token('admin') };
    setup.posture.close(jobsBehind);
    const scans = await setup.inject({ url: '/api/scans', headers });
    expect(scans.statusCode).toBe(503);
    expect(scans.headers['retry-after']).toBe('5');
    expect(scans.json()).toMatchObject({
      code: 'schema_behind',
      database: 'jobs',
      current: 3,
      required: 4,
      remedy: 'Run `docker compose --profile migrate run --rm migrator`.',
    });
    const ready = await setup.inject('/readyz');
    expect(ready.json()).toMatchObject({ status: 503, code: 'not_ready', reasons: [jobsBehind] });
    for (const url of ['/livez', '/metrics', '/api/openapi.json', '/api/help', '/api/session', '/api/admin/release'])
      expect((await setup.inject({ url, headers })).statusCode, url).toBe(200);
    setup.posture.close();
    expect((await setup.inject({ url: '/api/scans', headers })).statusCode).toBe(200);
  });

  it('asks who you are before it says why it is closed', async () => {
    await using setup = await createTestManager({ users: [] });
    setup.posture.close(jobsBehind);
    expect((await setup.inject('/api/scans')).json()).toMatchObject({ code: 'not_signed_in' });
  });
});

describe('GET /api/admin/release', () => {
  it('sends the posture from memory, and 304 to whoever has it already', async () => {
    await using setup = await createTestManager();
    const headers = { authorization: await setup.token('auditor') };
    const response = await setup.inject({ url: '/api/admin/release', headers });
    expect(releasePostureSchema.parse(response.json())).toEqual(setup.posture.source.current().posture);
    expect(response.headers['cache-control']).toBe('no-store');
    const etag = String(response.headers['etag']);
    for (const tag of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await setup.inject({ url: '/api/admin/release', headers: { ...headers, 'if-none-match': tag } });
      expect([again.statusCode, again.body]).toEqual([304, '']);
    }
    const other = await setup.inject({ url: '/api/admin/release', headers: { ...headers, 'if-none-match': '"x"' } });
    expect(other.statusCode).toBe(200);
  });

  it('answers while no database was ever reachable, to whoever comes in by break-glass', async () => {
    await using setup = await createTestManager({ users: [] });
    await setup.proxy.stop();
    expect((await setup.inject('/livez')).statusCode).toBe(200);
  });
});

describe('an error', () => {
  it.each([
    ['an unknown path', { url: '/api/nothing' }, 404, 'not_found'],
    ['an unknown method', { method: 'DELETE', url: '/api/scans' }, 405, 'method_not_allowed'],
    [
      'a body that is not JSON',
      {
        method: 'POST',
        url: '/api/session',
        payload: '{"username": ',
        headers: { 'content-type': 'application/json' },
      },
      400,
      'body_malformed',
    ],
    [
      'an empty body',
      { method: 'POST', url: '/api/session', payload: '', headers: { 'content-type': 'application/json' } },
      400,
      'body_malformed',
    ],
    [
      'a body with __proto__',
      {
        method: 'POST',
        url: '/api/session',
        payload: '{"__proto__": {"a": 1}}',
        headers: { 'content-type': 'application/json' },
      },
      400,
      'body_malformed',
    ],
    [
      'a giant body',
      { method: 'POST', url: '/api/session', payload: { username: 'x'.repeat(70_000), password: 'y' } },
      413,
      'body_too_large',
    ],
    [
      'a form',
      {
        method: 'POST',
        url: '/api/session',
        payload: 'username=a',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      },
      415,
      'media_type_unsupported',
    ],
    [
      'plain text',
      { method: 'POST', url: '/api/session', payload: '{}', headers: { 'content-type': 'text/plain' } },
      415,
      'media_type_unsupported',
    ],
    ['a wrong shape', { method: 'POST', url: '/api/session', payload: { username: 'admin' } }, 400, 'request_invalid'],
    ['no shape at all', { method: 'POST', url: '/api/session' }, 400, 'request_invalid'],
    ['a broken escape in the path', { url: '/api/help/%E0%A4%A' }, 400, 'request_malformed'],
    [
      'another site',
      {
        method: 'POST',
        url: '/api/session',
        payload: { username: 'a', password: 'b' },
        headers: { 'sec-fetch-site': 'cross-site' },
      },
      403,
      'cross_site',
    ],
    [
      'another origin',
      {
        method: 'POST',
        url: '/api/session',
        payload: { username: 'a', password: 'b' },
        headers: { origin: 'https://evil.example' },
      },
      403,
      'cross_site',
    ],
  ] as const)('for %s is a problem document', async (_, request, status, code) => {
    await using setup = await createTestManager({ users: [] });
    const response = await setup.inject({
      ...request,
      headers: { ...('headers' in request ? request.headers : {}), 'x-request-id': 'r-1' },
    });
    expect(response.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    const problem = problemSchema.parse(response.json());
    expect([response.statusCode, problem.status, problem.code]).toEqual([status, status, code]);
    expect(problem).toMatchObject({ type: `/docs/errors.md#${code}`, requestId: 'r-1' });
    expect(problem.remedy).not.toBe('');
    expect(response.headers['x-request-id']).toBe('r-1');
    expect(response.headers['cache-control']).toBe('no-store');
  });

  it('has a type that leads to the paragraph about its code', async () => {
    await using setup = await createTestManager({ users: [] });
    const { type } = problemSchema.parse((await setup.inject('/api/nothing')).json());
    const [page = '', code] = type.split('#');
    const answer = await setup.inject(page);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(answer.body).toContain(`<h3 id="${code}">`);
  });

  it('says where its type leads when the page of error codes did not come along', async () => {
    await using setup = await createTestManager({ users: [], deps: { errorCodesPath: '/nowhere/errors.md' } });
    const answer = await setup.inject('/docs/errors.md');
    expect([answer.statusCode, problemSchema.parse(answer.json()).code]).toEqual([404, 'not_found']);
  });

  it('tells which methods a path takes', async () => {
    await using setup = await createTestManager({ users: [] });
    const response = await setup.inject({ method: 'PUT', url: '/api/session?x=1' });
    expect(response.headers['allow']).toBe('DELETE, GET, HEAD, POST');
  });

  it('names each wrong field with what was found and expected, and never what was in it', async () => {
    await using setup = await createTestManager({ users: [] });
    const payload = { username: '', password: 7, extra: 'hush-hush' };
    const response = await setup.inject({ method: 'POST', url: '/api/session', payload });
    expect(response.json<{ errors: unknown }>().errors).toEqual([
      { field: 'body.username', found: 'text of 0 characters', expected: 'at least 1 characters' },
      { field: 'body.password', found: 'a number', expected: 'string' },
      { field: 'body.extra', found: 'a field that is not known', expected: 'no such field' },
    ]);
    expect(response.body).not.toContain('hush-hush');
  });

  it('of the manager itself is told as internal and nothing more, and logged once with its cause', async () => {
    await using setup = await createTestManager();
    const headers = { authorization: await setup.token('admin') };
    expect((await setup.inject({ url: '/api/session', headers })).statusCode).toBe(200);
    setup.deps.posture.current = () => {
      throw new Error('the inner workings');
    };
    const response = await setup.inject({ url: '/api/admin/release', headers });
    expect(response.json()).toMatchObject({ status: 500, code: 'internal' });
    expect(response.body).not.toContain('inner workings');
    const lines = setup.logs.filter((line) => line.includes('inner workings'));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(response.json<{ requestId: string }>().requestId);
  });

  it('in the HTTP itself is answered too', async () => {
    await using setup = await createTestManager({ users: [] });
    await setup.manager.app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = setup.manager.app.server.address() as AddressInfo;
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.write('this is not HTTP\r\n\r\n');
    await once(socket, 'close');
    expect(text).toMatch(/^HTTP\/1\.1 400 Bad Request\r\nContent-Type: application\/problem\+json/);
    expect(text).toContain('"code":"request_malformed"');
  });

  it('of the jobs database reaches the caller as its own code, within the deadline', async () => {
    await using setup = await createTestManager();
    const headers = { authorization: await setup.token('user') };
    expect((await setup.inject({ url: '/api/scans', headers })).statusCode).toBe(200);
    setup.proxy.pause();
    expect((await setup.inject({ url: '/api/scans', headers })).json()).toMatchObject({
      status: 503,
      code: 'database_timeout',
    });
    await setup.proxy.stop();
    expect((await setup.inject({ url: '/api/scans', headers })).json()).toMatchObject({
      status: 503,
      code: 'database_unreachable',
    });
  });
});

describe('every answer', () => {
  it('carries the security headers, and HSTS only over TLS', async () => {
    await using setup = await createTestManager({ users: [] });
    for (const url of ['/livez', '/api/nothing', '/']) {
      const { headers } = await setup.inject({ url, headers: { accept: 'text/html' } });
      expect(headers['content-security-policy'], url).toContain(
        "default-src 'none';script-src 'self';style-src 'self';",
      );
      expect(headers['content-security-policy']).not.toContain('unsafe');
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['referrer-policy']).toBe('no-referrer');
      expect(headers['strict-transport-security']).toBeUndefined();
    }
  });

  it.each([
    ['takes over a request id that is fit for a log', 'abc-1.2', 'abc-1.2'],
    ['makes its own in place of one that is not', 'a b\tc', undefined],
  ])('%s', async (_, given, kept) => {
    await using setup = await createTestManager({ users: [] });
    const { headers } = await setup.inject({ url: '/livez', headers: { 'x-request-id': given } });
    expect(headers['x-request-id']).toMatch(kept === undefined ? /^[0-9a-f-]{36}$/ : kept);
  });
});

describe('GET /api/openapi.json', () => {
  it('describes exactly the routes that are registered, each with its answers and problems', async () => {
    await using setup = await createTestManager({ users: [] });
    const document = (await setup.inject('/api/openapi.json')).json<{
      openapi: string;
      paths: Record<string, Record<string, { operationId: string; responses: Record<string, unknown> }>>;
      components: { schemas: Record<string, unknown> };
    }>();
    expect(document.openapi).toBe('3.1.0');
    const described = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(described.sort()).toEqual(setup.manager.routes.map(({ method, path }) => `${method} ${path}`).sort());
    const ids = Object.values(document.paths).flatMap((item) =>
      Object.values(item).map(({ operationId }) => operationId),
    );
    expect(new Set(ids).size).toBe(ids.length);
    expect(Object.keys(document.paths['/api/scans']?.['post']?.responses ?? {})).toEqual(
      expect.arrayContaining(['201', '400', '401', '403', '413', '415', '429', '500', '503']),
    );
    const references = JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g);
    for (const [, name = ''] of references) expect(document.components.schemas).toHaveProperty(name);
  });

  it('is answered by a table in which every route says who may call it', async () => {
    await using setup = await createTestManager({ users: [] });
    for (const { facts, path } of setup.manager.routes)
      expect(!Array.isArray(facts.access) || facts.access.every((role) => roles.includes(role)), path).toBe(true);
  });
});

describe('GET /metrics', () => {
  it('shows versions, statuses, verdict and gate of the posture, and counts requests and sign-ins', async () => {
    await using setup = await createTestManager();
    await setup.signIn('admin');
    await setup.inject('/livez');
    const { body } = await setup.inject('/metrics');
    for (const line of [
      'plimsoll_schema_version{database="config",kind="required"} 4',
      'plimsoll_schema_version{database="jobs",kind="current"} 4',
      'plimsoll_schema_status{database="results",status="ok"} 1',
      'plimsoll_schema_status{database="results",status="behind"} 0',
      'plimsoll_verdict{status="ok"} 1',
      'plimsoll_gate_open 1',
      'plimsoll_build_info{version="1.0.0",image_sha="unknown"} 1',
      'plimsoll_sign_ins_total{method="password",outcome="accepted"} 1',
      'plimsoll_http_request_duration_seconds_count{method="GET",route="/livez",status="200"} 1',
    ])
      expect(body).toContain(line);
    expect(body).toContain('process_cpu_seconds_total');
  });

  it('leaves out what is not known, and shows a closed gate as 0', async () => {
    await using setup = await createTestManager({ users: [] });
    const { posture } = setup.posture.source.current();
    const databases = posture.databases.map((entry) => ({ ...entry, status: 'unknown' as const, current: null }));
    setup.posture.set({ ...posture, databases, gate: { open: false, closedParts: [jobsBehind] } });
    const { body } = await setup.inject('/metrics');
    expect(body).not.toContain('kind="current"');
    expect(body).toContain('plimsoll_schema_status{database="config",status="unknown"} 1');
    expect(body).toContain('plimsoll_gate_open 0');
  });
});

describe('the web pages', () => {
  it('are served with their assets cached for good and every page path leading to the app', async () => {
    const webDirectory = mkdtempSync(join(tmpdir(), 'plimsoll-web-'));
    mkdirSync(join(webDirectory, 'assets'));
    writeFileSync(join(webDirectory, 'index.html'), '<title>the app</title>');
    writeFileSync(join(webDirectory, 'assets', 'main-1a2b.js'), 'let it = be');
    await using setup = await createTestManager({ users: [], deps: { webDirectory } });
    const accept = { accept: 'text/html' };
    for (const url of ['/', '/admin/release', '/sign-in?next=%2F']) {
      const page = await setup.inject({ url, headers: accept });
      expect([page.statusCode, page.body, page.headers['cache-control']], url).toEqual([
        200,
        '<title>the app</title>',
        'no-cache',
      ]);
    }
    const asset = await setup.inject('/assets/main-1a2b.js');
    expect(asset.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(asset.headers['content-type']).toContain('javascript');
    for (const url of ['/assets/gone.js', '/api/gone', '/scanner/v1/gone'])
      expect((await setup.inject({ url, headers: accept })).json(), url).toMatchObject({ code: 'not_found' });
    expect((await setup.inject('/admin/release')).json()).toMatchObject({ code: 'not_found' });
    expect((await setup.inject('/../package.json')).statusCode).toBe(404);
  });

  it('are a plain word on how to build them when they have not been built', async () => {
    await using setup = await createTestManager({ users: [], deps: { webDirectory: '/nowhere' } });
    const page = await setup.inject({ url: '/', headers: { accept: 'text/html' } });
    expect(page.statusCode).toBe(200);
    expect(page.body).toContain('npm run build');
  });
});

describe('scans', () => {
  it('are listed newest first, a page at a time', async () => {
    await using setup = await createTestManager();
    const headers = { authorization: await setup.token('user') };
    for (const name of ['first', 'second', 'third']) {
      const made = await setup.inject({ method: 'POST', url: '/api/scans', headers, payload: { name, targets } });
      expect(made.json()).toMatchObject({ name, requestedBy: 'token of user' });
    }
    const page = (await setup.inject({ url: '/api/scans?limit=2', headers })).json<{
      scans: { name: string }[];
      nextBefore: string;
    }>();
    expect(page.scans.map(({ name }) => name)).toEqual(['third', 'second']);
    const rest = await setup.inject({ url: `/api/scans?before=${page.nextBefore}`, headers });
    expect(rest.json()).toMatchObject({ scans: [{ name: 'first' }], nextBefore: null });
    const bad = await setup.inject({ url: '/api/scans?limit=1000', headers });
    expect(bad.json()).toMatchObject({
      code: 'request_invalid',
      errors: [{ field: 'query.limit', expected: 'at most 200' }],
    });
  });
});

describe('the first user', () => {
  it('is made as soon as the tables are there, announced once, and may sign in', async () => {
    await using setup = await createTestManager({ migrated: false, users: [] });
    expect((await setup.inject(signInRequest('admin', passwords.admin))).statusCode).toBe(503);
    await migrate(setup.databases);
    const user = await waitFor(() => setup.announced[0], { what: 'the announcement' });
    const password = user.password?.reveal() ?? '';
    expect(password).toMatch(/^([0-9A-F]{5}-){5}[0-9A-F]{5}$/);
    expect((await setup.inject(signInRequest('admin', password))).json()).toMatchObject({ role: 'admin' });
    expect(setup.announced).toHaveLength(1);
    const audit = await setup.databases.config.query(
      'app',
      `select actor, subject from audit_events where action = 'user.created'`,
    );
    expect(audit).toEqual([{ actor: 'manager', subject: 'admin' }]);
  });

  it('is there for whoever signs in the moment the manager has started', async () => {
    const adminPassword = new Secret(passwords.admin);
    await using setup = await createTestManager({ users: [], deps: { adminPassword } });
    expect((await setup.inject(signInRequest('admin', passwords.admin))).statusCode).toBe(200);
  });

  it('is made by one of several managers that start at once, with ADMIN_PASSWORD if that is set', async () => {
    await using setup = await createTestManager({ users: [], deps: { adminPassword: new Secret(passwords.admin) } });
    const { createManagerApp } = await import('../index.ts');
    const others = await Promise.all(Array.from({ length: 4 }, async () => await createManagerApp(setup.deps)));
    await Promise.all(others.map(async (other) => await other.start()));
    await waitFor(() => setup.announced.length > 0, { what: 'the announcement' });
    await Promise.all(others.map(async (other) => await other.stop()));
    expect(setup.announced).toEqual([{ username: 'admin', password: undefined }]);
    expect((await setup.inject(signInRequest('admin', passwords.admin))).statusCode).toBe(200);
  });
});
