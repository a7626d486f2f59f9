import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { expect, test } from 'vitest';
import { makeCertificate } from '../../../test/testkit/certificates.ts';
import { Secret } from '../../base/index.ts';
import { testMessage } from '../message.ts';
import { createEmail } from './email.ts';

const message = testMessage('here', { version: '1.0.0', imageSha: 'unknown' }, new Date('2026-05-01T00:00:00Z'));

/** A mail server that wants a login, and keeps what it is given. */
async function mailServer(options: SMTPServerOptions) {
  const mails: { text: string; to: string[]; secure: boolean }[] = [];
  const server = new SMTPServer({
    onAuth: ({ username, password }, _session, done) => {
      if (username === 'us@er' && password === 'p:w/d') done(null, { user: username });
      else done(new Error('wrong password'));
    },
    onData: (stream, session, done) => {
      let text = '';
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      stream.on('end', () => {
        mails.push({ text, to: session.envelope.rcptTo.map(({ address }) => address), secure: session.secure });
        done();
      });
    },
    logger: false,
    ...options,
  });
  server.on('error', () => undefined);
  const listening = server.listen(0, '127.0.0.1');
  if (!listening.listening) await once(listening, 'listening');
  return {
    mails,
    port: (listening.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      server.close(() => resolve());
      await promise;
    },
  };
}

const addresses = { from: 'plimsoll@example.org', to: ['ops@example.org', 'night@example.org'] };

test.each([
  ['TLS from the first byte', 'smtps', true],
  ['STARTTLS', 'smtp', false],
])('a mail goes to everybody over %s, after a login', async (_how, protocol, secure) => {
  const { cert, key } = await makeCertificate({ names: ['localhost', '127.0.0.1'], authority: true });
  await using server = await mailServer({ secure, cert, key });
  const smtpUrl = new Secret(`${protocol}://us%40er:p%3Aw%2Fd@localhost:${server.port}`);
  const email = createEmail({ smtpUrl, ...addresses, ca: cert });
  expect(await email.send(message)).toEqual({ kind: 'delivered' });
  const [mail] = server.mails;
  expect(mail).toMatchObject({ to: addresses.to, secure: true });
  expect(mail?.text).toContain('Subject: [Plimsoll here] Info: this is a test, nothing has happened');
  expect(mail?.text).toContain(`Message-ID: <${message.id}@plimsoll.invalid>`);
  expect(mail?.text).toContain('Auto-Submitted: auto-generated');
  expect(mail?.text).toContain('Sent by `plimsoll notify test`.');
  expect(email.destination).toBe('ops@example.org, night@example.org through localhost');
});

test('a wrong password is told, tried again later, and not repeated', async () => {
  const { cert, key } = await makeCertificate({ names: ['localhost'], authority: true });
  await using server = await mailServer({ secure: true, cert, key });
  const email = createEmail({
    smtpUrl: new Secret(`smtps://us%40er:hushhush@localhost:${server.port}`),
    ...addresses,
    ca: cert,
  });
  const outcome = await email.send(message);
  expect(outcome).toMatchObject({ kind: 'failed', reason: expect.stringMatching(/535/) as string });
  expect(JSON.stringify(outcome)).not.toContain('hushhush');
});

test('a server whose certificate nobody vouches for gets nothing, not even the login', async () => {
  const { cert, key } = await makeCertificate({ names: ['localhost'], authority: true });
  await using server = await mailServer({ secure: true, cert, key });
  const email = createEmail({
    smtpUrl: new Secret(`smtps://us%40er:p%3Aw%2Fd@localhost:${server.port}`),
    ...addresses,
  });
  expect(await email.send(message)).toMatchObject({
    kind: 'failed',
    reason: expect.stringMatching(/certificate/) as string,
  });
  expect(server.mails).toEqual([]);
});

test('a mail that the server refuses for good is not tried again', async () => {
  await using server = await mailServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData: (stream, _session, done) => {
      stream.resume().on('end', () => {
        done(Object.assign(new Error('not wanted here'), { responseCode: 554 }));
      });
    },
  });
  const email = createEmail({ smtpUrl: new Secret(`smtp://localhost:${server.port}`), ...addresses });
  expect(await email.send(message)).toMatchObject({ kind: 'refused', reason: expect.stringMatching(/554/) as string });
});
