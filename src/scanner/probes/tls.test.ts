import { once } from 'node:events';
import { setDefaultCACertificates } from 'node:tls';
import { expect, test } from 'vitest';
import { makeCertificate, tamper, type TestCertificate } from '../../../test/testkit/certificates.ts';
import { waitFor } from '../../../test/testkit/index.ts';
import { runOneProbe, type ProbeSetup } from '../../../test/testkit/run-one-probe.ts';
import { tcpTarget, tlsTarget, type TargetServer } from '../../../test/testkit/target-server.ts';
import type { Finding } from '../../contract/index.ts';

type TlsFinding = Extract<Finding, { kind: 'tls' }>;

const authority = await makeCertificate({ commonName: 'authority', authority: true });

async function findingOf(server: TargetServer, setup: Partial<ProbeSetup> = {}): Promise<TlsFinding> {
  const outcome = await runOneProbe({ kind: 'tls', host: 'localhost', port: server.port, ...setup });
  await waitFor(() => server.connections === 0, { what: 'the connection to be closed' });
  if (outcome.outcome !== 'done' || outcome.finding.kind !== 'tls') throw new Error(JSON.stringify(outcome));
  return outcome.finding;
}

async function serving({ cert, key }: TestCertificate, chain = ''): Promise<TargetServer> {
  return await tlsTarget({ cert: cert + chain, key });
}

test('a handshake shows protocol, cipher, the chain as presented and the days left', async () => {
  const leaf = await makeCertificate({ signedBy: authority, commonName: 'web', notAfterDays: 12 });
  await using server = await serving(leaf, authority.cert);
  expect(await findingOf(server)).toMatchObject({
    protocol: 'TLSv1.3',
    cipher: 'TLS_AES_256_GCM_SHA384',
    daysLeft: 12,
    trusted: false,
    chain: [
      { subject: 'CN=web', issuer: 'CN=authority', san: ['DNS:localhost'], keyType: 'ec-P-256', serial: '01AB' },
      { subject: 'CN=authority', issuer: 'CN=authority' },
    ],
  });
});

test('a certificate of an authority that is known here, made out to the name, is trusted', async () => {
  setDefaultCACertificates([authority.cert]);
  await using server = await serving(await makeCertificate({ signedBy: authority }));
  expect(await findingOf(server)).toMatchObject({ trusted: true, error: null });
});

test('a trusted certificate made out to another name is not trusted, and the name is told', async () => {
  setDefaultCACertificates([authority.cert]);
  await using server = await serving(await makeCertificate({ signedBy: authority, names: ['other.test'] }));
  expect(await findingOf(server)).toMatchObject({
    trusted: false,
    error: { code: 'certificate_untrusted', message: 'the certificate is not made out to localhost' },
  });
});

test('an address is checked against the addresses of the certificate', async () => {
  setDefaultCACertificates([authority.cert]);
  await using server = await serving(await makeCertificate({ signedBy: authority, names: ['127.0.0.1'] }));
  expect(await findingOf(server, { host: '127.0.0.1' })).toMatchObject({ trusted: true });
});

test.each([
  ['signed by itself', {}, /signed by itself/, 30],
  ['expired three days ago', { notBeforeDays: -9, notAfterDays: -3 }, /expired|signed by itself/, -3],
])('a certificate %s is a finding', async (_case, options, why, daysLeft) => {
  await using server = await serving(await makeCertificate(options));
  const finding = await findingOf(server);
  expect(finding).toMatchObject({ trusted: false, daysLeft, error: { code: 'certificate_untrusted' } });
  expect(finding.error?.message).toMatch(why);
});

test('an expired certificate of a known authority is named as expired', async () => {
  setDefaultCACertificates([authority.cert]);
  const expired = await makeCertificate({ signedBy: authority, notBeforeDays: -9, notAfterDays: -3 });
  await using server = await serving(expired);
  expect((await findingOf(server)).error?.message).toBe(
    'the certificate is not trusted: it has expired (CERT_HAS_EXPIRED)',
  );
});

test('days left are told by the clock that the scanner was given', async () => {
  await using server = await serving(await makeCertificate({ notAfterDays: 30 }));
  const now = new Date(Date.now() + 20 * 86_400_000);
  expect((await findingOf(server, { now })).daysLeft).toBe(10);
});

test.each([
  ['a start that is no time', /\d{12}Z/, '99xx99999999Z', { notBefore: null, daysLeft: 30 }],
  ['an end that is no time', /\d{12}Z(?=0)/, '269999999999Z', { notAfter: null, daysLeft: null }],
])('of a certificate with %s the rest is still told', async (_case, from, to, { daysLeft, ...field }) => {
  await using server = await serving(tamper(await makeCertificate(), from, to));
  const finding = await findingOf(server);
  expect(finding).toMatchObject({ daysLeft, trusted: false, error: { code: 'certificate_unreadable' } });
  expect(finding.chain[0]).toMatchObject({ subject: 'CN=plimsoll test', ...field });
});

test('a certificate that ended in the year 30 is not taken for one that lasts until 2030', async () => {
  const generalizedTime = new RegExp(String.raw`\x18\x0f20\d\d`);
  const lasting = await makeCertificate({ notAfterDays: 10_000 });
  await using server = await serving(tamper(lasting, generalizedTime, '\u0018\u000f0030'));
  const finding = await findingOf(server);
  expect(finding.chain[0]?.notAfter).toBeNull();
  expect(finding.error?.code).toBe('certificate_unreadable');
});

test.each([
  ['a null byte', 'local\0ost', String.raw`DNS:"local\u0000ost"`],
  ['a comma and a quote', 'a,DNS:\\"x', String.raw`DNS:"a\u002cDNS:\\\"x"`],
])('a name with %s stays one name and harms nobody', async (_case, name, shown) => {
  await using server = await serving(
    tamper(await makeCertificate({ names: ['localhost', 'b.test'] }), 'localhost', name),
  );
  expect((await findingOf(server)).chain[0]?.san).toEqual([shown, 'DNS:b.test']);
});

test('the server is told the name that is wanted, and none for an address', async () => {
  const names: unknown[] = [];
  await using server = await tlsTarget(await makeCertificate(), (socket) => {
    names.push('servername' in socket ? socket.servername : undefined);
  });
  await findingOf(server);
  await findingOf(server, { options: { serverName: 'wanted.test' } });
  await findingOf(server, { host: '127.0.0.1' });
  await waitFor(() => names.length === 3, { what: 'three handshakes' });
  expect(names).toEqual(['localhost', 'wanted.test', false]);
});

test('an old server is described, not turned away', async () => {
  const certificate = await makeCertificate();
  await using server = await tlsTarget({
    ...certificate,
    maxVersion: 'TLSv1.1',
    minVersion: 'TLSv1',
    ciphers: 'ALL@SECLEVEL=0',
  });
  expect(await findingOf(server)).toMatchObject({ protocol: 'TLSv1.1' });
});

test('plain text on the port is told as such', async () => {
  await using server = await tcpTarget((socket) => socket.end('220 mail.test ESMTP\r\n'));
  const { error } = await findingOf(server);
  expect(error).toEqual({
    code: 'handshake_failed',
    message: 'the server does not speak TLS on this port: wrong version number',
  });
});

test('a server that refuses the handshake is told with its alert', async () => {
  await using server = await tcpTarget((socket) => socket.write('\u0015\u0003\u0003\u0000\u0002\u0002\u0028'));
  expect((await findingOf(server)).error?.message).toContain('alert handshake failure');
});

test('a server that hangs up in the middle is told as such', async () => {
  await using server = await tcpTarget((socket) => socket.once('data', () => socket.destroy()));
  expect((await findingOf(server)).error?.code).toBe('connection_lost');
});

test('a tarpit costs the budget and no more', async () => {
  await using server = await tcpTarget(() => undefined);
  expect((await findingOf(server, { options: { timeoutMs: 100 } })).error).toEqual({
    code: 'connection_timeout',
    message: 'gave up after 100 ms while handshaking',
  });
});

test('bytes that are no certificate are named', async () => {
  await using server = await tcpTarget((socket) => {
    void once(socket, 'data').then(() => socket.write(handshakeWithCertificate(Buffer.alloc(64, 0xde))));
  });
  expect((await findingOf(server)).error?.code).toBe('certificate_unreadable');
});

test('a certificate without end is cut off', async () => {
  await using server = await tcpTarget((socket) => {
    const record = handshakeRecord(Buffer.concat([Buffer.from([11, 0xff, 0xff, 0xff]), Buffer.alloc(16_000)]));
    const pour = (): void => {
      while (socket.writable && socket.write(record));
    };
    socket.once('data', () => socket.write(serverHello));
    socket.once('data', pour).on('drain', pour);
  });
  expect((await findingOf(server)).error?.code).toMatch(/^(handshake_failed|certificate_unreadable)$/);
  expect(server.bytesSent).toBeLessThan(16 * 1024 * 1024);
});

/** A TLS 1.2 server hello by hand, for ECDHE-RSA-AES128-GCM-SHA256, from before secure renegotiation (2010). */
const serverHello = handshakeRecord(
  message(2, Buffer.concat([Buffer.from([3, 3]), Buffer.alloc(32, 7), Buffer.from('00c02f00', 'hex')])),
);

function handshakeWithCertificate(certificate: Buffer): Buffer {
  const list = Buffer.concat([uint24(certificate.length + 3), uint24(certificate.length), certificate]);
  return Buffer.concat([serverHello, handshakeRecord(message(11, list))]);
}

function message(type: number, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from([type]), uint24(body.length), body]);
}

function handshakeRecord(body: Buffer): Buffer {
  return Buffer.concat([Buffer.from([22, 3, 3, Math.floor(body.length / 256), body.length % 256]), body]);
}

function uint24(value: number): Buffer {
  const bytes = Buffer.alloc(3);
  bytes.writeUIntBE(value, 0, 3);
  return bytes;
}
