import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { EnrolAnswer, Job, ReleasePosture, Scan } from '../../src/contract/index.ts';
import { Secret } from '../../src/base/index.ts';
import { scratchFolder, startChild, takeBundle, tcpFinding, testTarget, waitFor } from '../testkit/index.ts';
import { passwordIn, query, ready, signIn, up, type UpStack } from './stack.ts';

const patience = { timeoutMs: 60_000 };

/** Runs `plimsoll …` on the stack, as somebody in another terminal does; gives what it said. */
async function plimsoll(
  stack: UpStack,
  ...words: string[]
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const environment = { DATA_DIR: stack.dataDir, OPERATOR: 'ada' };
  await using child = startChild({ args: ['src/main.ts', ...words], environment });
  const code = await child.exited;
  return { code, stdout: child.stdout(), stderr: child.stderr() };
}

/** Calls of somebody who is signed in. */
async function openPage(stack: UpStack) {
  const signedIn = await signIn(stack, passwordIn(stack.child.stdout()) ?? '');
  const cookie = signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const { url } = stack.file();
  return async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { cookie, origin: url, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };
}

/** A scanner of our own, which holds a job as long as the test likes. */
async function enrol(stack: UpStack, call: Awaited<ReturnType<typeof openPage>>, name: string) {
  const { token } = await call<{ token: string }>('POST', '/api/admin/enrolment-tokens', {
    note: name,
    maxUses: 1,
    validHours: 1,
  });
  const { url } = stack.file();
  const post = async (path: string, bearer: string, body: unknown): Promise<Response> =>
    await fetch(`${url}/scanner/v1/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const enrolled = await post('enrol', token, { name, binaryVersion: '1.0.0', protocolVersion: 2 });
  const { credential } = (await enrolled.json()) as EnrolAnswer;
  return {
    lease: async (): Promise<Job | undefined> => {
      const answer = await post('lease', credential, { protocolVersion: 2, max: 1, waitSeconds: 5 });
      return answer.status === 200 ? ((await answer.json()) as { jobs: Job[] }).jobs[0] : undefined;
    },
    result: async ({ id, lease }: Job) =>
      await post(`jobs/${id}/result`, credential, {
        leaseId: lease.leaseId,
        outcome: 'done',
        durationMs: 1,
        findings: [tcpFinding],
      }),
    heartbeat: async () =>
      (await post('heartbeat', credential, { binaryVersion: '1.0.0', protocolVersion: 2, running: [] })).status,
  };
}

/** Takes a bundle of the running stack into its own folder. */
async function take(stack: UpStack): Promise<string> {
  const url = (name: 'config' | 'results' | 'jobs'): Secret => new Secret(stack.file().databases[name].readonly);
  const [row] = (await query(
    stack,
    { role: 'app' },
    "select value #>> '{}' as id from settings where key = 'deployment.id'",
  )) as {
    id: string;
  }[];
  const { id } = await takeBundle({
    urls: { config: url('config'), results: url('results'), jobs: url('jobs') },
    target: testTarget(join(stack.dataDir, 'backups')),
    change: { deploymentId: row?.id ?? '' },
  });
  return id;
}

/** Who the stack's own scanner is; undefined while it is not enrolled. */
async function localScanner(stack: UpStack): Promise<string | undefined> {
  const text = await readFile(join(stack.dataDir, 'scanner', 'credential.json'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as { scannerId: string }).scannerId;
}

/** Waits until the stack's own scanner is another one than before, and known to its manager. */
async function anotherLocalScanner(stack: UpStack, than: string | undefined): Promise<string> {
  return await waitFor(
    async () => {
      const id = await localScanner(stack);
      if (id === undefined || id === than) return undefined;
      const rows = await query(
        stack,
        { role: 'app' },
        `select from scanners where id = '${id}' and last_seen_at is not null`,
      );
      return rows.length === 1 ? id : undefined;
    },
    { what: 'the local scanner to be enrolled anew', ...patience },
  );
}

async function userNames(stack: UpStack): Promise<string[]> {
  const rows = (await query(stack, { role: 'app' }, 'select username from users order by username')) as {
    username: string;
  }[];
  return rows.map(({ username }) => username);
}

/** Watches why `/readyz` says no, until it is ended. */
function watchGate(stack: UpStack) {
  const codes = new Set<string>();
  const ended = new AbortController();
  const watching = (async () => {
    while (!ended.signal.aborted) {
      const response = await fetch(`${stack.file().url}/readyz`);
      const { reasons = [] } = (await response.json()) as { reasons?: { code: string }[] };
      for (const { code } of reasons) codes.add(code);
      await new Promise((next) => setTimeout(next, 25));
    }
  })();
  return {
    end: async (): Promise<ReadonlySet<string>> => {
      ended.abort();
      await watching;
      return codes;
    },
  };
}

test('a bundle is brought back under a running stack, and the databases of before after it, without a restart', async () => {
  await using folder = await scratchFolder();
  await using stack = await up({ dataDir: folder.path, environment: { SCANNER_CONCURRENCY: '1' } });
  await ready(stack);
  const { manager } = stack.file().pids;
  const page = await openPage(stack);
  const early = await enrol(stack, page, 'early');
  const targets = Array.from({ length: 60 }, () => ({ host: '127.0.0.1', port: 1 }));
  await page<Scan>('POST', '/api/scans', { name: 'many', targets, kinds: ['tcp'], timeoutMs: 1000 });
  const job = await waitFor(async () => (await early.lease()) ?? false, {
    what: 'a job for the early scanner',
    ...patience,
  });

  const first = await anotherLocalScanner(stack, undefined);
  const bundle = await take(stack);
  // The stack's own scanner is one that the bundle does not know.
  await rm(join(stack.dataDir, 'scanner', 'credential.json'));
  const { scanner: pid } = stack.file().pids;
  process.kill(pid ?? 0, 'SIGKILL');
  const second = await anotherLocalScanner(stack, first);
  const late = await enrol(stack, page, 'late');
  await query(stack, { role: 'app' }, "insert into users (username, password_hash, role) values ('late', 'x', 'user')");
  expect(await late.heartbeat()).toBe(200);

  const preview = await plimsoll(stack, 'backup', 'restore', bundle, '--dry-run');
  expect(preview).toMatchObject({
    code: 3,
    stdout: expect.stringMatching(
      /\d +scanners enrolled since[^]+to enrol again: .*late[^]+\[restore_unverified\]/,
    ) as string,
  });

  const gate = watchGate(stack);
  const restored = await plimsoll(stack, 'backup', 'restore', bundle, '--yes', '--accept-unverified', 'a journey');
  expect(restored).toMatchObject({ code: 0, stdout: expect.stringContaining(`restored ${bundle}`) as string });
  expect(restored.stdout).toMatch(
    /2 scanners have to enrol again, .*: (local, late|late, local)[^]+SCANNER_ENROLMENT_TOKEN=TOKEN plimsoll scanner/,
  );
  await ready(stack);
  expect(await gate.end()).toContain('maintenance');
  expect(await userNames(stack)).toEqual(['admin']);
  expect(stack.file().pids.manager).toBe(manager);

  // The page is right: the session of before is known still, and everything is read anew.
  const posture = await waitFor(
    async () => {
      const found = await page<ReleasePosture>('GET', '/api/admin/release');
      return found.gate.open && found.databases.every(({ status }) => status === 'ok') && found;
    },
    { what: 'the page to be well', ...patience },
  );
  expect(posture.verdict.status).not.toBe('stopped');
  // Handed out before the bundle was taken, and in it: nobody's all the same.
  const refused = await early.result(job);
  expect(refused.status).toBe(409);
  expect(await refused.json()).toMatchObject({ code: 'lease_lost' });
  expect(await late.heartbeat()).toBe(401);
  await anotherLocalScanner(stack, second);
  expect(stack.child.stderr()).toContain('does not know the credential of the local scanner, as after a restore');
  await waitFor(async () => (await early.lease()) ?? false, { what: 'a job after the restore', ...patience });

  const back = await plimsoll(stack, 'backup', 'restore', '--back', '--json');
  expect(JSON.parse(back.stdout)).toMatchObject({ restores: [{ journal: { state: 'returned', by: 'ada' } }] });
  await ready(stack);
  expect(await userNames(stack)).toEqual(['admin', 'late']);
  await waitFor(async () => (await late.heartbeat()) === 200, {
    what: 'the late scanner to be known again',
    ...patience,
  });
  expect(stack.file().pids.manager).toBe(manager);
  expect((await plimsoll(stack, 'backup', 'restore', '--forget', '--yes')).code).toBe(0);
  expect((await plimsoll(stack, 'backup', 'restore', '--status')).stdout).toContain('is dropped');
});
