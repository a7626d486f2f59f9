import { chmod, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createTestDatabases, scratchFolder } from '../../test/testkit/index.ts';
import { runCommandLine } from './run.ts';

async function setup() {
  const databases = await createTestDatabases({ migrated: true });
  const folder = await scratchFolder();
  const urls = databases.urls('app');
  return {
    folder: folder.path,
    run: async (argv: readonly string[], change: Record<string, string> = {}) => {
      const written = { stdout: '', stderr: '' };
      const code = await runCommandLine({
        argv: ['posture', 'evidence', ...argv],
        environment: {
          CONFIG_DATABASE_URL: urls.config.reveal(),
          RESULTS_DATABASE_URL: urls.results.reveal(),
          JOBS_DATABASE_URL: urls.jobs.reveal(),
          DATA_DIR: folder.path,
          OPERATOR: 'grace',
          ...change,
        },
        stdout: { write: (text) => (written.stdout += text) },
        stderr: { write: (text) => (written.stderr += text) },
        cwd: folder.path,
      });
      return { code, ...written };
    },
    [Symbol.asyncDispose]: async () => {
      await databases[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** What was signed, as whoever has verified it would read it. */
async function readPack(folder: string): Promise<Record<string, unknown>> {
  const envelope = JSON.parse(await readFile(join(folder, 'evidence.dsse.json'), 'utf8')) as { payload: string };
  const statement = JSON.parse(Buffer.from(envelope.payload, 'base64').toString()) as {
    predicate: Record<string, unknown>;
  };
  return statement.predicate;
}

test('evidence is written, verified by the public key that was handed out, and found altered once it is', async () => {
  await using deployment = await setup();
  const { folder, run } = deployment;
  const key = await run(['key']);
  expect(key).toMatchObject({ code: 0, stdout: expect.stringMatching(/^-----BEGIN PUBLIC KEY-----/) });
  await writeFile(join(folder, 'public.pem'), key.stdout);
  // Without a backup service its part is unknown: written, and 4.
  expect(await run(['--output', 'out', '--since', '2026-05-03'])).toEqual({
    code: 4,
    stdout: expect.stringMatching(/^✓ wrote .*\/out\n✓ signed by key [0-9a-f]{64}\n! last backup could not be read: /),
    stderr: '',
  });
  const pack = await readPack(join(folder, 'out'));
  expect(pack).toMatchObject({
    madeBy: { who: 'grace', how: 'command' },
    deploymentId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    span: { since: '2026-05-03T00:00:00.000Z' },
    after: { app: { version: expect.any(String) }, scanners: { status: 'ok' } },
    preflights: [],
    history: { items: [], complete: true },
    digests: { manifest: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } },
  });
  const [config] = pack['migrations'] as { rows: { checksum: string; fileChecksum: string }[] }[];
  expect(config?.rows.length).toBeGreaterThan(8);
  expect(config?.rows.every(({ checksum, fileChecksum }) => checksum === fileChecksum)).toBe(true);
  for (const path of ['out', 'out/evidence.dsse.json'])
    expect(await run(['verify', path, '--key', 'public.pem'], { DATA_DIR: '/nowhere' })).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^✓ verified, with evidence\.html: made .* by grace on /),
    });
  expect(await run(['verify', 'out'], { DATA_DIR: '/nowhere' })).toMatchObject({
    code: 2,
    stdout: expect.stringContaining('unknown key'),
  });
  const page = await readFile(join(folder, 'out/evidence.html'), 'utf8');
  await writeFile(
    join(folder, 'out/evidence.html'),
    page.replace('not known', 'all well').replace('Not known', 'All well'),
  );
  expect(await run(['verify', 'out', '--json'])).toMatchObject({
    code: 3,
    stdout: expect.stringContaining('"altered"'),
  });
  await rm(join(folder, 'out/evidence.html'));
  expect(await run(['verify', 'out'])).toMatchObject({ code: 0, stdout: expect.stringContaining('was not beside it') });
  expect(await run(['verify', 'public.pem'])).toMatchObject({ code: 3 });
  expect(await run(['verify', 'nothing'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('[evidence_unreadable]'),
  });
});

test('without a key that can be used it is unsigned and says so, and verifying it ends with 3', async () => {
  await using deployment = await setup();
  const written = await deployment.run(['--output', 'out', '--json'], { EVIDENCE_SIGNING_KEY: 'planted-no-key' });
  expect(written.code).toBe(4);
  expect(JSON.parse(written.stdout)).toMatchObject({
    keyId: null,
    unsignedBecause: expect.stringContaining('EVIDENCE_SIGNING_KEY'),
  });
  const page = await readFile(join(deployment.folder, 'out/evidence.html'), 'utf8');
  expect(page).toContain('<h2>Not signed</h2>');
  expect(page + written.stdout).not.toContain('planted-no-key');
  expect(await deployment.run(['verify', 'out'])).toMatchObject({
    code: 3,
    stdout: expect.stringContaining('not signed'),
  });
});

test('with the config database away it is made of what is left, and names what is missing and why', async () => {
  await using deployment = await setup();
  const away = { CONFIG_DATABASE_URL: 'postgres://plimsoll_app@127.0.0.1:1/config' };
  const { code, stdout } = await deployment.run(['--output', 'away.zip'], away);
  expect(code).toBe(4);
  for (const part of [
    'schema of config',
    'migration history of config',
    'posture history',
    'preflight runs',
    'deployment id',
    'scanners',
  ])
    expect(stdout).toContain(`! ${part} could not be read: `);
  expect(stdout).not.toContain('migration history of jobs');
  expect(await readdir(deployment.folder)).toContain('away.zip');
});

test('a place that cannot be written, and a time that is none, are refused', async () => {
  await using deployment = await setup();
  await writeFile(join(deployment.folder, 'file'), '');
  await chmod(join(deployment.folder, 'file'), 0o400);
  expect(await deployment.run(['--output', 'file/out'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('[evidence_unwritable]'),
  });
  expect(await deployment.run(['--since', '2999-01-01'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('--since'),
  });
});
