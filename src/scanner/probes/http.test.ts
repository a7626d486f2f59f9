import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { makeCertificate } from '../../../test/testkit/certificates.ts';
import { waitFor } from '../../../test/testkit/index.ts';
import { runOneProbe, type ProbeSetup } from '../../../test/testkit/run-one-probe.ts';
import { httpTarget, httpsTarget, tcpTarget, type TargetServer } from '../../../test/testkit/target-server.ts';
import type { Finding } from '../../contract/index.ts';

type HttpFinding = Extract<Finding, { kind: 'http' }>;

async function findingOf(server: TargetServer, setup: Partial<ProbeSetup> = {}): Promise<HttpFinding> {
  const outcome = await runOneProbe({ kind: 'http', port: server.port, ...setup });
  await waitFor(() => server.connections === 0, { what: 'the connection to be closed' });
  if (outcome.outcome !== 'done' || outcome.finding.kind !== 'http') throw new Error(JSON.stringify(outcome));
  return outcome.finding;
}

/** Answers every connection with this text once something was asked. */
async function answering(text: string): Promise<TargetServer> {
  return await tcpTarget((socket) => socket.once('data', () => socket.write(text)));
}

/** Writes `chunk` for as long as the other side takes it. */
function pour(socket: Socket, chunk: string): void {
  const more = (): void => {
    while (socket.writable && socket.write(chunk));
  };
  socket.on('drain', more);
  more();
}

test('an answer shows status, server and the security headers it lacks', async () => {
  await using server = await httpTarget((_request, response) => {
    response.writeHead(204, { server: 'nginx', 'x-content-type-options': 'nosniff', 'referrer-policy': 'same-origin' });
    response.end();
  });
  const finding = await findingOf(server);
  expect(finding).toMatchObject({
    status: 204,
    server: 'nginx',
    redirects: [],
    headersMissing: ['content-security-policy', 'permissions-policy', 'x-frame-options'],
    error: null,
  });
  expect(finding.latencyMs).toBeGreaterThan(0);
});

test('path, method and host travel as asked', async () => {
  const asked: unknown[] = [];
  await using server = await httpTarget((request, response) => {
    asked.push([request.method, request.url, request.headers.host]);
    response.end();
  });
  await findingOf(server, { host: 'localhost', options: { path: '/a?b=%20', method: 'HEAD' } });
  expect(asked).toEqual([['HEAD', '/a?b=%20', `localhost:${server.port}`]]);
});

test('redirects are followed step by step to the last answer', async () => {
  await using server = await httpTarget((request, response) => {
    const next = { '/': '/one', '/one': 'two?x=1#here' }[request.url ?? ''];
    if (next === undefined) response.end();
    else response.writeHead(302, { location: next }).end();
  });
  const base = `http://127.0.0.1:${server.port}`;
  expect(await findingOf(server)).toMatchObject({
    status: 200,
    redirects: [
      { status: 302, location: `${base}/one` },
      { status: 302, location: `${base}/two?x=1` },
    ],
    error: null,
  });
});

test('with no redirects wanted the first answer is reported as it is', async () => {
  await using server = await httpTarget((_request, response) => response.writeHead(301, { location: '/x' }).end());
  expect(await findingOf(server, { options: { maxRedirects: 0 } })).toMatchObject({
    status: 301,
    redirects: [],
    error: null,
  });
});

test('redirects without end are left at the limit', async () => {
  let asked = 0;
  await using server = await httpTarget((_request, response) => {
    asked += 1;
    response.writeHead(307, { location: `/${asked}` }).end();
  });
  const finding = await findingOf(server, { options: { maxRedirects: 3 } });
  expect(finding).toMatchObject({ status: 307, error: { code: 'too_many_redirects' } });
  expect(finding.redirects).toHaveLength(3);
  expect(asked).toBe(4);
});

test.each([
  ['an address outside', 'http://169.254.169.254/latest/meta-data/'],
  ['an outside address in IPv6 dress', 'http://[::ffff:169.254.169.254]/'],
  ['an outside address written as a number', 'http://2852039166/'],
  ['a scheme that is not HTTP', 'file:///etc/passwd'],
])('a redirect to %s is told and not followed', async (_case, location) => {
  await using server = await httpTarget((_request, response) => response.writeHead(302, { location }).end());
  expect(await findingOf(server)).toMatchObject({ status: 302, error: { code: 'redirect_refused' } });
});

test('a redirect to a name that points outside is told and not followed', async () => {
  await using server = await httpTarget((_request, response) =>
    response.writeHead(302, { location: 'http://inside.test/' }).end(),
  );
  const lookup = async () => await Promise.resolve(['8.8.8.8']);
  const { error } = await findingOf(server, { lookup });
  expect(error).toEqual({
    code: 'redirect_refused',
    message: 'inside.test (8.8.8.8) is outside the networks this scanner may probe: 127.0.0.0/8, ::1/128',
  });
});

test('a redirect that does not parse is the last answer', async () => {
  await using server = await httpTarget((_request, response) =>
    response.writeHead(302, { location: 'http://[broken' }).end(),
  );
  expect(await findingOf(server)).toMatchObject({ status: 302, redirects: [], error: null });
});

test('over https the handshake is a finding of its own, and HSTS is asked for', async () => {
  await using server = await httpsTarget(await makeCertificate({ notAfterDays: 7 }), (_request, response) => {
    response.writeHead(200, { 'strict-transport-security': 'max-age=0' }).end();
  });
  const outcome = await runOneProbe({
    kind: 'http',
    host: 'localhost',
    port: server.port,
    options: { scheme: 'https' },
  });
  expect(outcome).toMatchObject({ outcome: 'done', finding: { kind: 'http', status: 200, error: null } });
  expect(outcome.early).toMatchObject([{ kind: 'tls', daysLeft: 7, trusted: false }]);
  expect(outcome.outcome === 'done' && outcome.finding.kind === 'http' && outcome.finding.headersMissing).toContain(
    'strict-transport-security',
  );
});

test('a body without end is never read', async () => {
  await using server = await tcpTarget((socket) => {
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
      pour(socket, `10000\r\n${'x'.repeat(65_536)}\r\n`);
    });
  });
  expect(await findingOf(server)).toMatchObject({ status: 200, error: null });
  expect(server.bytesSent).toBeLessThan(32 * 1024 * 1024);
});

test.each([
  ['one giant header', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(1_000_000)}\r\n\r\n`, 'response_too_large'],
  ['ten thousand headers', `HTTP/1.1 200 OK\r\n${'header: value\r\n'.repeat(10_000)}\r\n`, 'response_too_large'],
  ['no end of informational answers', 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(1000), 'response_too_large'],
  ['words that are not HTTP', '220 mail.test ESMTP\r\n', 'protocol_error'],
  ['a header without a name', 'HTTP/1.1 200 OK\r\n: x\r\n\r\n', 'protocol_error'],
  ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 'protocol_error'],
  ['a status that is no number', 'HTTP/1.1 2x0 OK\r\n\r\n', 'protocol_error'],
  ['a TLS alert', '\u0015\u0003\u0003\u0000\u0002\u0002\u0028', 'protocol_error'],
])('%s is a finding: %#', async (_case, text, code) => {
  await using server = await answering(text);
  expect((await findingOf(server)).error?.code).toBe(code);
});

test.each([
  ['says nothing', (_socket: Socket) => undefined],
  ['stops in the middle of the head', (socket: Socket) => socket.write('HTTP/1.1 200 OK\r\nX-Slow: ')],
  ['sends its head a byte at a time', drip],
])('a server that %s costs the budget and no more', async (_case, talk) => {
  await using server = await tcpTarget((socket) => socket.once('data', () => talk(socket)));
  expect((await findingOf(server, { options: { timeoutMs: 150 } })).error).toEqual({
    code: 'connection_timeout',
    message: 'gave up after 150 ms while waiting for the answer',
  });
});

function drip(socket: Socket): void {
  socket.write('HTTP/1.1 200 OK\r\nX: ');
  const timer = setInterval(() => socket.write('x'), 5);
  socket.on('close', () => clearInterval(timer));
}

test('a server that switches protocols is reported and let go', async () => {
  await using server = await answering('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n');
  expect(await findingOf(server)).toMatchObject({ status: 101, error: null });
});

test('a server that hangs up without a word is a finding', async () => {
  await using server = await tcpTarget((socket) => socket.once('data', () => socket.end()));
  expect((await findingOf(server)).error?.code).toBe('connection_lost');
});

test('plain HTTP on a port that should speak TLS is told as such', async () => {
  await using server = await httpTarget((_request, response) => response.end());
  expect((await findingOf(server, { options: { scheme: 'https' } })).error).toMatchObject({ code: 'handshake_failed' });
});

test('a probe whose job is cancelled lets go at once', async () => {
  await using server = await tcpTarget(() => undefined);
  const cancel = new AbortController();
  const running = runOneProbe({ kind: 'http', port: server.port, cancelled: cancel.signal });
  await waitFor(() => server.connections === 1, { what: 'the probe to connect' });
  cancel.abort();
  await running;
  await waitFor(() => server.connections === 0, { what: 'the connection to be closed' });
});
