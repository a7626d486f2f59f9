import { expect, test } from 'vitest';
import { buildImages, createDeployment, docker, signIn, type Deployment } from './deployment.ts';
import { migrate } from './tooling.ts';

test('on three servers each has its own database and the same lines bring everything up', async () => {
  await using deployment = await createDeployment({
    ...(await buildImages()),
    environment: { COMPOSE_FILE: 'compose.yaml:compose.three-servers.yaml' },
    hosts: { config: 'postgres-config:5432', results: 'postgres-results:5432', jobs: 'postgres-jobs:5432' },
  });
  expect((await deployment.compose(...migrate)).code).toBe(0);
  await deployment.must('up', '--detach', '--wait', '--scale', 'manager=3');
  const names = async (service: string): Promise<string> =>
    await deployment.must('exec', '-T', service, 'psql', '-U', 'postgres', '-Atc', databasesOfOurs);
  expect(await Promise.all(['postgres', 'postgres-results', 'postgres-jobs'].map(names))).toEqual([
    'config\n',
    'results\n',
    'jobs\n',
  ]);
  await expectNobodyNoticesAReplacement(deployment);
});

const databasesOfOurs = "select datname from pg_database where datname in ('config', 'results', 'jobs')";

/** One manager after the other is stopped and made anew, while somebody goes on asking. */
async function expectNobodyNoticesAReplacement(deployment: Deployment): Promise<void> {
  const caller = await signIn(await deployment.url(), {
    username: 'admin',
    password: await deployment.secret('admin_password'),
  });
  const ids = (await deployment.must('ps', '--quiet', 'manager')).split('\n').filter(Boolean);
  expect(ids).toHaveLength(3);
  const over = new AbortController();
  const answers: string[] = [];
  const asking = (async () => {
    while (!over.signal.aborted)
      answers.push(
        await caller.get('/api/admin/release').then(
          () => 'good',
          (error: unknown) => String(error),
        ),
      );
  })();
  for (const id of ids) {
    await docker('stop', id);
    await docker('rm', id);
    await deployment.must('up', '--detach', '--wait', '--no-recreate', '--scale', 'manager=3', 'manager');
  }
  over.abort();
  await asking;
  expect(answers.length).toBeGreaterThan(10);
  expect(answers.filter((answer) => answer !== 'good')).toEqual([]);
}
