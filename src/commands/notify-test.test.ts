import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { runCommandLine } from './run.ts';

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

async function notifyTest(environment: Record<string, string>, ...options: readonly string[]) {
  const written = { stdout: '', stderr: '' };
  const sink = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      written[name] += text;
    },
  });
  const argv = ['notify', 'test', ...options];
  const streams = { stdout: sink('stdout'), stderr: sink('stderr') };
  return { code: await runCommandLine({ argv, environment, ...streams, cwd: '/nowhere' }), ...written };
}

test('each way is tried and told by itself, and one that fails makes the exit code 3', async () => {
  const server = createServer((request, response) => void request.resume().on('end', () => response.end()));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const webhook = { NOTIFY_WEBHOOK_URL: `http://127.0.0.1:${port}/hush`, NOTIFY_WEBHOOK_SECRET: secret };
  const mail = {
    NOTIFY_SMTP_URL: 'smtp://127.0.0.1:1',
    NOTIFY_EMAIL_FROM: 'plimsoll@example.org',
    NOTIFY_EMAIL_TO: 'ops@example.org',
  };
  expect(await notifyTest(webhook)).toEqual({
    code: 0,
    stdout: `✓ webhook: delivered to 127.0.0.1:${port}\n`,
    stderr: '',
  });
  const { code, stdout } = await notifyTest({ ...webhook, ...mail }, '--json');
  expect(code).toBe(3);
  expect(JSON.parse(stdout)).toEqual({
    messageId: expect.stringMatching(/^msg_test_/) as string,
    channels: [
      { channel: 'webhook', destination: `127.0.0.1:${port}`, delivered: true, reason: null },
      {
        channel: 'email',
        destination: 'ops@example.org through 127.0.0.1',
        delivered: false,
        reason: expect.stringContaining('ECONNREFUSED') as string,
      },
    ],
  });
  expect(stdout).not.toContain('hush');
  server.close();
});

test('without any way there is nothing to try', async () => {
  const { code, stderr } = await notifyTest({});
  expect(code).toBe(1);
  expect(stderr).toContain('neither NOTIFY_WEBHOOK_URL nor NOTIFY_SMTP_URL is set');
});

test.each([
  [{ NOTIFY_WEBHOOK_URL: 'https://example.org' }, 'NOTIFY_WEBHOOK_SECRET is not set, but NOTIFY_WEBHOOK_URL is'],
  [
    { NOTIFY_SMTP_URL: 'smtps://example.org', NOTIFY_EMAIL_TO: 'ops@example.org' },
    'NOTIFY_EMAIL_FROM is not set, but NOTIFY_SMTP_URL and NOTIFY_EMAIL_TO are',
  ],
  [{ NOTIFY_WEBHOOK_URL: 'ftp://u:hush@example.org' }, 'NOTIFY_WEBHOOK_URL must be a https:// or http:// URL'],
  [
    { NOTIFY_WEBHOOK_URL: 'https://example.org', NOTIFY_WEBHOOK_SECRET: 'whsec_aHVzaA==' },
    'NOTIFY_WEBHOOK_SECRET must be whsec_ and the base64 of 24 to 64 bytes',
  ],
  [{ NOTIFY_EMAIL_TO: 'ops@example.org, nobody' }, 'NOTIFY_EMAIL_TO must be mail addresses such as ops@example.org'],
])('settings that do not go together are named: %j', async (environment, problem) => {
  const { code, stderr } = await notifyTest(environment);
  expect(code).toBe(1);
  expect(stderr).toContain(problem);
  expect(stderr).not.toContain('hush');
});
