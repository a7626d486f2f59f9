import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Secret } from '../../src/base/index.ts';
import type { ReleasePosture } from '../../src/contract/index.ts';
import { connect } from '../../src/postgres/index.ts';
import { scratchFolder, waitFor } from '../testkit/index.ts';
import { allGone, passwordIn, pidsOf, signIn, up, type UpStack } from './stack.ts';

/** What somebody who has signed in asks the stack's manager. */
async function session(stack: UpStack) {
  const answer = await signIn(stack, passwordIn(stack.child.stdout()) ?? '');
  const cookie = answer.headers
    .getSetCookie()
    .map((text) => text.split(';')[0])
    .join('; ');
  const { url } = stack.file();
  return {
    scanners: async () =>
      ((await (await fetch(`${url}/api/admin/release`, { headers: { cookie } })).json()) as ReleasePosture).scanners,
    revoke: async (id: string) =>
      await fetch(`${url}/api/admin/scanners/${id}/revoke`, { method: 'POST', headers: { cookie, origin: url } }),
  };
}

/** Waits until the page shows one scanner, online and inside the window. */
async function oneOnline(asked: Awaited<ReturnType<typeof session>>): Promise<void> {
  await waitFor(
    async () => {
      const { total, inWindow, outsideWindow, groups } = await asked.scanners();
      const online = groups.reduce((sum, group) => sum + group.online, 0);
      return total === 1 && inWindow === 1 && outsideWindow === 0 && online === 1;
    },
    { what: 'one scanner, online and inside the window', timeoutMs: 30_000 },
  );
}

/** What the audit log says of enrolment tokens; each names one that is there. */
async function tokenEvents(stack: UpStack): Promise<unknown[]> {
  const url = new Secret(stack.file().databases.config.app);
  const client = await connect({ name: 'config', url, applicationName: 'test', connectTimeoutMs: 5000 });
  try {
    const { rows } = await client.query<Record<string, unknown>>(
      `select actor, actor_method, max_uses from audit_events join enrolment_tokens t on subject = t.id::text
        where action = 'enrolment_token.created'`,
    );
    return rows;
  } finally {
    await client.end();
  }
}

async function identityIn(dataDir: string): Promise<string> {
  const text = await readFile(join(dataDir, 'scanner', 'credential.json'), 'utf8');
  return (JSON.parse(text) as { scannerId: string }).scannerId;
}

test('the stack brings one scanner, which comes back as itself when it is killed, and goes with the stack', async () => {
  await using scratch = await scratchFolder();
  const dataDir = join(scratch.path, 'data');
  const stack = await up({ dataDir });
  const asked = await session(stack);
  await oneOnline(asked);
  const identity = await identityIn(dataDir);
  expect(await tokenEvents(stack)).toEqual([{ actor: 'plimsoll up', actor_method: 'command', max_uses: 1 }]);

  const killed = await waitFor(() => stack.file().pids.scanner, { what: 'the scanner' });
  process.kill(killed, 'SIGKILL');
  await waitFor(() => stack.file().pids.scanner !== killed, { what: 'a new process of the scanner' });
  expect(stack.child.stderr()).toContain(`the local scanner (process ${killed}) ended unexpectedly; starting it again`);
  await oneOnline(asked);
  expect(await identityIn(dataDir)).toBe(identity);

  const pids = pidsOf(stack.file());
  expect(pids).toHaveLength(4);
  expect(await stack.child.end('SIGINT')).toBe(0);
  await allGone(pids);

  await using again = await up({ dataDir });
  await waitFor(() => again.file().pids.scanner, { what: 'the scanner of the second start' });
  expect(await identityIn(dataDir)).toBe(identity);
});

test('a local scanner that is revoked is not started again, which is said once', async () => {
  await using scratch = await scratchFolder();
  const dataDir = join(scratch.path, 'data');
  await using stack = await up({ dataDir });
  const asked = await session(stack);
  await oneOnline(asked);
  expect((await asked.revoke(await identityIn(dataDir))).status).toBeLessThan(300);
  const said = /the manager refuses the local scanner, so it is not started again: .*\[credential_refused\]/;
  await waitFor(() => said.test(stack.child.stderr()), { what: 'the word about it', timeoutMs: 30_000 });
  expect(stack.file().pids.scanner).toBeNull();
  expect(stack.child.stderr().match(/local scanner/g)).toHaveLength(1);
});
