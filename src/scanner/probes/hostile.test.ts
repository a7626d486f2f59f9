import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { waitFor } from '../../../test/testkit/index.ts';
import { runOneProbe } from '../../../test/testkit/run-one-probe.ts';
import { tcpTarget } from '../../../test/testkit/target-server.ts';

const bytes = fc.uint8Array({ maxLength: 600 }).map((values) => Buffer.from(values));

/** Records that begin like TLS, and heads that begin like HTTP, so that more than the first byte is read. */
const almostTls = bytes.map((body) =>
  Buffer.concat([Buffer.from([22, 3, 3, Math.floor(body.length / 256), body.length % 256]), body]),
);
const almostHttp = fc
  .array(
    fc.constantFrom(
      'HTTP/1.1 200 OK',
      'HTTP/1.1 302 Found',
      'Location: /',
      'Location: http://[',
      'Content-Length: -1',
      'Transfer-Encoding: chunked, x',
      'Connection: upgrade',
      'Upgrade: h2c',
      '\0',
      ' folded',
      ':',
      'Server: \u00ff\u0000x',
      '\r\n\r\n',
    ),
    { maxLength: 8 },
  )
  .map((lines) => Buffer.from(['HTTP/1.1 200 OK', ...lines, '', ''].join('\r\n'), 'latin1'));

const jobs = [
  ['tcp', {}],
  ['tls', {}],
  ['http', { scheme: 'http', maxRedirects: 2 }],
  ['http', { scheme: 'https' }],
] as const;

test.each(jobs)(
  'whatever bytes a server answers, the %s probe with %j ends in a finding and lets go',
  { timeout: 60_000 },
  async (kind, options) => {
    const said = { bytes: Buffer.alloc(0), end: true };
    await using server = await tcpTarget((socket) => {
      socket.once('data', () => (said.end ? socket.end(said.bytes) : socket.write(said.bytes)));
    });
    await fc.assert(
      fc.asyncProperty(fc.oneof(bytes, almostTls, almostHttp), fc.boolean(), async (answer, end) => {
        Object.assign(said, { bytes: answer, end });
        // runOneProbe holds the finding to the contract.
        const outcome = await runOneProbe({ kind, port: server.port, options: { timeoutMs: 100, ...options } });
        expect(outcome.outcome, JSON.stringify(outcome)).toBe('done');
        await waitFor(() => server.connections === 0, { what: 'the connection to be closed' });
      }),
      { numRuns: 60 },
    );
  },
);
