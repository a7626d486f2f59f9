import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { readEnvironment } from '../settings/index.ts';
import { createTestDatabases, hangingServer, scratchFolder, startChild, waitFor } from '../../test/testkit/index.ts';

const recoveryToken = 'a recovery token for tests';

/** The settings of a manager whose three databases are at these URLs. */
function settings(dataDir: string, url: (database: string) => string): Record<string, string> {
  return {
    CONFIG_DATABASE_URL: url('config'),
    RESULTS_DATABASE_URL: url('results'),
    JOBS_DATABASE_URL: url('jobs'),
    RECOVERY_TOKEN: recoveryToken,
    DATA_DIR: dataDir,
    PORT: '0',
  };
}

const nowhere = (database: string): string => `postgres://app:pw@127.0.0.1:1/${database}`;

function addressIn(line: string): string {
  return line.replace('Listening on ', '').trim();
}

it('serves from its first second while every database accepts and never answers', async () => {
  await using folder = await scratchFolder();
  await using hanging = await hangingServer();
  const environment = settings(folder.path, (name) => `postgres://app:pw@127.0.0.1:${hanging.port}/${name}`);
  await using manager = startChild({ args: ['src/main.ts', 'manager'], environment });
  const url = addressIn(await manager.line(/^Listening on /));
  expect((await fetch(`${url}/livez`)).status).toBe(200);
  expect((await fetch(`${url}/readyz`)).status).toBe(503);
  const signedIn = await fetch(`${url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ recoveryToken }),
  });
  const cookie = signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const release = await fetch(`${url}/api/admin/release`, { headers: { cookie }, signal: AbortSignal.timeout(3000) });
  expect(await release.json()).toMatchObject({ verdict: { status: 'stopped' }, gate: { open: false } });
  expect(await manager.end('SIGTERM')).toBe(0);
});

it('becomes ready by itself, and is done with everything at the first signal', async () => {
  await using folder = await scratchFolder();
  await using databases = await createTestDatabases({ migrated: true });
  const urls = databases.urls('app');
  const environment = settings(folder.path, (name) => urls[name as keyof typeof urls].reveal());
  await using manager = startChild({ args: ['src/main.ts', 'manager'], environment });
  const url = addressIn(await manager.line(/^Listening on /));
  await manager.line(/^Made the first user admin, password [0-9A-F-]{35} \(shown once/);
  await waitFor(async () => (await fetch(`${url}/readyz`)).status === 200, { what: 'the gate to open' });
  expect(await manager.end('SIGINT')).toBe(0);
  expect(manager.stderr()).not.toMatch(/"level":"(error|fatal)"/);
});

it('names the port that is taken, and ends', async () => {
  await using folder = await scratchFolder();
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const { port } = holder.address() as AddressInfo;
  const environment = { ...settings(folder.path, nowhere), PORT: String(port) };
  await using manager = startChild({ args: ['src/main.ts', 'manager'], environment });
  expect(await manager.exited).toBe(1);
  expect(manager.stderr()).toContain(`cannot listen on 127.0.0.1, port ${port}`);
  expect(manager.stderr()).toContain('[listen_failed]\n  → ');
  holder.close();
});

it('ends when the supervisor that started it is gone', async () => {
  await using folder = await scratchFolder();
  const child = spawn(process.execPath, ['src/main.ts', 'manager'], {
    env: { ...readEnvironment(), ...settings(folder.path, nowhere) },
    stdio: ['ignore', 'pipe', 'ignore', 'ipc'],
  });
  await once(child.stdout ?? child, 'data');
  child.disconnect();
  expect(await once(child, 'exit')).toEqual([0, null]);
});
