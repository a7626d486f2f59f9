import { expect, test } from 'vitest';
import { createTestDatabases, manualClock, scratchFolder } from '../../test/testkit/index.ts';
import { silentLog } from '../base/index.ts';
import { postureAtSchema, postureHistorySchema } from '../contract/index.ts';
import { openDatabase } from '../postgres/index.ts';
import { postureOf } from '../posture/history/fixtures.ts';
import { createHistoryRecorder } from '../posture/index.ts';
import { runCommandLine } from './run.ts';

async function setup() {
  const databases = await createTestDatabases({ migrated: true });
  const folder = await scratchFolder();
  const urls = databases.urls('app');
  const config = openDatabase({
    name: 'config',
    url: urls.config,
    applicationName: 'test',
    connectTimeoutMs: 1500,
    statementTimeoutMs: 1500,
    max: 1,
  });
  return {
    /** A manager that sees these, a minute each, from noon of 3 May on, and stops. */
    watch: async (...postures: ReturnType<typeof postureOf>[]) => {
      const clock = manualClock(new Date('2026-05-03T12:00:00.000Z'));
      let posture = postureOf();
      const recorder = createHistoryRecorder({
        posture: { current: () => ({ posture, json: '', etag: '' }) },
        config,
        dataDir: folder.path,
        clock,
        log: silentLog,
        host: 'manager-1',
      });
      for (const each of postures) {
        posture = each;
        await recorder.tick();
        clock.advance(60_000);
        await recorder.tick();
      }
      await recorder.stop();
    },
    run: async (...argv: string[]) => {
      const written = { stdout: '', stderr: '' };
      const code = await runCommandLine({
        argv,
        environment: {
          CONFIG_DATABASE_URL: urls.config.reveal(),
          RESULTS_DATABASE_URL: urls.results.reveal(),
          JOBS_DATABASE_URL: urls.jobs.reveal(),
        },
        stdout: { write: (text) => (written.stdout += text) },
        stderr: { write: (text) => (written.stderr += text) },
        cwd: folder.path,
      });
      return { code, ...written };
    },
    [Symbol.asyncDispose]: async () => {
      await config.close();
      await databases[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

const behind = postureOf({ databases: { jobs: { status: 'behind', required: 6 } } });

test('the history is told newest first, with who saw it and since when nobody has looked', async () => {
  await using deployment = await setup();
  expect(await deployment.run('posture', 'history')).toEqual({
    code: 0,
    stdout: 'Nothing has been recorded.\n',
    stderr: '',
  });
  await deployment.watch(postureOf(), behind);
  const { code, stdout } = await deployment.run('posture', 'history');
  expect(code).toBe(0);
  const lines = stdout.trimEnd().split('\n');
  expect(lines[0]).toMatch(/Z {2}\? nothing was recorded from 2026-05-03 12:02 UTC to .*: no manager was running/);
  expect(lines.slice(1)).toEqual([
    '2026-05-03 12:01:00Z  ✗ Stopped, the gate is closed: jobs is at schema 5, this release needs 6.',
    '                       the verdict went from “running well” to “stopped”',
    '                       the gate closed for leases, product: jobs is at schema 5, this release needs 6',
    '                       jobs has to be at schema 6 now, not 5',
    '                       seen by 1.4.0 (unknown) on manager-1',
    '2026-05-03 12:00:00Z  ✓ Running well: config, results and jobs are fit for 1.4.0, and the gate is open.',
    '                       the history begins here',
    '                       seen by 1.4.0 (unknown) on manager-1',
  ]);
  const page = await deployment.run('posture', 'history', '--limit', '1', '--until', '2026-05-03', '--json');
  const printed: unknown = JSON.parse(page.stdout);
  expect(postureHistorySchema.parse(printed)).toEqual(printed);
  expect(printed).toMatchObject({
    status: 'ok',
    items: [{ kind: 'gap', to: '2026-05-03T23:59:59.999Z' }, { happenedAt: '2026-05-03T12:01:00.000Z' }],
    next: expect.anything(),
  });
});

test('the posture of a day is shown as it was at its end, or at the minute that is asked for', async () => {
  await using deployment = await setup();
  await deployment.watch(postureOf(), behind);
  const evening = await deployment.run('posture', 'at', '2026-05-03');
  expect(evening.code).toBe(0);
  expect(evening.stdout.split('\n').slice(0, 4)).toEqual([
    'At 2026-05-03 23:59:59Z, as recorded 2026-05-03 12:01:00Z on manager-1; it has not changed since.',
    expect.stringMatching(/^\? nothing was recorded from 2026-05-03 12:02 UTC to /),
    '',
    'Stopped, the gate is closed: jobs is at schema 5, this release needs 6.',
  ]);
  const noon = await deployment.run('posture', 'at', '2026-05-03T12:00', '--json');
  const printed: unknown = JSON.parse(noon.stdout);
  expect(postureAtSchema.parse(printed)).toEqual(printed);
  expect(printed).toMatchObject({ posture: { verdict: { status: 'ok' } }, nextChangeAt: '2026-05-03T12:01:00.000Z' });
  expect(await deployment.run('posture', 'at', '2026-05-02')).toEqual({
    code: 3,
    stdout: 'Nothing had been recorded by 2026-05-02 23:59:59Z.\n',
    stderr: '',
  });
});

test('what is no time or no limit is refused with 1, and a config database that is down ends with 2', async () => {
  await using deployment = await setup();
  expect(await deployment.run('posture', 'at', 'yesterday')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('[history_time_invalid]'),
  });
  expect(await deployment.run('posture', 'history', '--limit', '0')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('--limit'),
  });
  const written: string[] = [];
  const code = await runCommandLine({
    argv: ['posture', 'history'],
    environment: Object.fromEntries(
      ['CONFIG', 'RESULTS', 'JOBS'].map((name) => [
        `${name}_DATABASE_URL`,
        'postgres://plimsoll_app@127.0.0.1:1/config',
      ]),
    ),
    stdout: { write: (text) => written.push(text) },
    stderr: { write: () => undefined },
    cwd: '/',
  });
  expect([code, written.join('')]).toEqual([2, expect.stringContaining('[database_unreachable]')]);
});
