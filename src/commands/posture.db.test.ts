import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createTestDatabases, type TestDatabaseOptions } from '../../test/testkit/index.ts';
import { releasePostureSchema } from '../contract/index.ts';
import { readManifest } from '../manifest/index.ts';
import { runCommandLine } from './run.ts';

const manifest = await readManifest('release.json');
async function setup(options: TestDatabaseOptions = {}) {
  const databases = await createTestDatabases(options);
  const urls = databases.urls('app');
  const cwd = await mkdtemp(join(tmpdir(), 'plimsoll-posture-command-'));
  const environment = {
    CONFIG_DATABASE_URL: urls.config.reveal(),
    RESULTS_DATABASE_URL: urls.results.reveal(),
    JOBS_DATABASE_URL: urls.jobs.reveal(),
  };
  return {
    cwd,
    run: async (options: readonly string[] = [], change: Record<string, string> = {}) => {
      const written = { stdout: '', stderr: '' };
      const code = await runCommandLine({
        argv: ['posture', ...options],
        environment: { ...environment, ...change },
        stdout: { write: (text) => (written.stdout += text) },
        stderr: { write: (text) => (written.stderr += text) },
        cwd,
      });
      return { code, ...written };
    },
    [Symbol.asyncDispose]: async () => {
      await databases[Symbol.asyncDispose]();
      await rm(cwd, { recursive: true, force: true });
    },
  };
}

test('a deployment that runs well is shown, ends with 0 and leaves no file behind', async () => {
  await using deployment = await setup({ migrated: true });
  const { code, stdout, stderr } = await deployment.run();
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout.split('\n')[0]).toBe(
    `Running well: config, results and jobs are fit for ${manifest.appVersion}, and the gate is open.`,
  );
  expect(await readdir(deployment.cwd)).toEqual([]);
});

test('--json is exactly what the API answers', async () => {
  await using deployment = await setup({ migrated: true });
  const { code, stdout } = await deployment.run(['--json'], { IMAGE_SHA: 'abc123' });
  const printed: unknown = JSON.parse(stdout);
  expect(code).toBe(0);
  expect(releasePostureSchema.parse(printed)).toEqual(printed);
  expect(printed).toMatchObject({ app: { imageSha: 'abc123' }, verdict: { status: 'ok' } });
});

test('what runs well is enough for --require ok and not for --require ready', async () => {
  await using deployment = await setup({ migrated: true });
  expect((await deployment.run(['--require', 'ok'])).code).toBe(0);
  expect((await deployment.run(['--require', 'ready'])).code).toBe(3);
});

test('databases that are behind stop the deployment: 3, with the command to type', async () => {
  await using deployment = await setup();
  const { code, stdout } = await deployment.run();
  expect(code).toBe(3);
  expect(stdout).toContain('Stopped, the gate is closed: config, results and jobs are behind.');
  expect(stdout).toContain('→ npx plimsoll migrator\n');
});

test('the commands shown are those of MIGRATOR_COMMAND', async () => {
  await using deployment = await setup();
  const { stdout } = await deployment.run([], {
    MIGRATOR_COMMAND: 'kubectl exec deploy/migrator -- plimsoll migrator',
  });
  expect(stdout).toContain('→ kubectl exec deploy/migrator -- plimsoll migrator\n');
  expect(stdout).not.toContain('npx');
});

test('a backup service that does not answer means cannot tell: 2, whatever is required', async () => {
  await using deployment = await setup({ migrated: true });
  const nobody = { BACKUP_SERVICE_URL: 'http://127.0.0.1:1' };
  const { code, stdout } = await deployment.run([], nobody);
  expect(code).toBe(2);
  expect(stdout).toContain('Cannot tell: the last backup could not be read.');
  expect((await deployment.run(['--require', 'ready'], nobody)).code).toBe(2);
});

test('any other word after --require is refused before anything is read', async () => {
  await using deployment = await setup();
  expect(await deployment.run(['--require', 'perfect'])).toEqual({
    code: 1,
    stdout: '',
    stderr:
      'plimsoll: --require takes ok or ready, found "perfect" [usage]\n  → Run `npx plimsoll posture --help` to see what it takes.\n',
  });
});
