import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { ReleasePosture } from '../../src/contract/index.ts';
import { launchBrowser } from '../testkit/browser.ts';
import { waitFor } from '../testkit/wait-for.ts';
import {
  buildImages,
  cloneDeployment,
  createDeployment,
  docker,
  signIn,
  type Caller,
  type Deployment,
} from './deployment.ts';
import { migrate, operate } from './tooling.ts';

async function releaseOf(
  caller: Caller,
  what: string,
  holds: (release: ReleasePosture) => boolean,
): Promise<ReleasePosture> {
  return await waitFor(
    async () => {
      const release = await caller.get<ReleasePosture>('/api/admin/release');
      if (holds(release)) return release;
      throw new Error(release.verdict.headline);
    },
    { what, timeoutMs: 60_000, everyMs: 500 },
  );
}

const verdictOf = async (caller: Caller, status: ReleasePosture['verdict']['status']): Promise<ReleasePosture> =>
  await releaseOf(caller, `the verdict to be ${status}`, ({ verdict }) => verdict.status === status);

test('from a clean clone the lines of the guide build, migrate and start everything, and the Release page shows the commit', async () => {
  await using deployment = await cloneDeployment();
  const { commit } = deployment;
  await deployment.must('build', '--build-arg', `IMAGE_SHA=${commit}`);
  expect(await labelsOf('plimsoll:container-clone')).toMatchObject({ version: '1.0.0', revision: commit });
  expect(await deployment.must(...migrate)).toContain('✓ config   0 → ');
  await deployment.must('up', '--detach', '--wait', '--scale', 'manager=2');
  expect((await deployment.compose(...operate, 'backup', 'take')).code).toBe(0);

  const url = await deployment.url();
  const admin = await signIn(url, { username: 'admin', password: await deployment.secret('admin_password') });
  const release = await verdictOf(admin, 'ok');
  expect(release).toMatchObject({ app: { version: '1.0.0', imageSha: commit }, scanners: { total: 1, inWindow: 1 } });
  await expectSandboxes(deployment);
  await expectOneSigningKey(deployment);
  await inBrowser(`${url}/admin/release`, async (page) => {
    await page.getByLabel('User name').fill('admin');
    await page.getByLabel('Password').fill(await deployment.secret('admin_password'));
    await page.getByRole('button', { name: /sign in/i }).click();
    await page.getByText('Running well', { exact: true }).first().waitFor();
    expect(await page.locator('main').innerText()).toContain(commit.slice(0, 10));
  });

  expect((await deployment.compose(...operate, 'backup', 'verify', 'latest', '--prove')).code).toBe(0);
  const preflight = await deployment.compose(...migrate, 'preflight');
  expect({ code: preflight.code, said: preflight.stdout }).toMatchObject({ code: 0 });
  expect((await deployment.compose(...operate, 'backup', 'restore', 'latest', '--yes')).code).toBe(0);
  expect((await deployment.compose(...migrate, 'status')).code).toBe(0);
  await verdictOf(admin, 'ok');
});

test('managers start while Postgres is down and while it is empty, say so to whoever breaks the glass, and open after the line that they show', async () => {
  await using deployment = await createDeployment(await buildImages());
  await deployment.must('up', '--detach', '--wait', '--scale', 'postgres=0', '--scale', 'manager=2');
  const url = await deployment.url();
  const recoveryToken = await deployment.secret('recovery_token');
  const recovery = await signIn(url, { recoveryToken });
  const down = await recovery.get<ReleasePosture>('/api/admin/release');
  expect(down.databases.map(({ status }) => status)).toEqual(['unknown', 'unknown', 'unknown']);
  expect(down).toMatchObject({ verdict: { status: 'stopped' }, gate: { open: false } });
  expect((await fetch(`${url}/readyz`)).status).toBe(503);

  await inBrowser(`${url}/admin/release`, async (page) => {
    await page.getByRole('button', { name: 'Use the recovery token' }).click();
    await page.getByLabel('Recovery token').fill(recoveryToken);
    await page.getByRole('button', { name: /sign in/i }).click();
    await page.getByText(down.verdict.headline, { exact: true }).first().waitFor();

    await deployment.must('up', '--detach', '--wait', '--scale', 'manager=2');
    const empty = await releaseOf(recovery, 'empty databases to be seen', ({ databases }) =>
      databases.every(({ status }) => status === 'behind'),
    );
    const remedy = `docker compose ${migrate.join(' ').replace(' -T', '')}`;
    expect(empty.verdict.reasons[0]).toMatchObject({ code: 'schema_behind', remedy });
    await page.getByText(remedy).first().waitFor();

    // The page follows by itself: nobody has to load it anew.
    expect((await deployment.compose(...migrate)).code).toBe(0);
    expect((await deployment.compose(...operate, 'backup', 'take')).code).toBe(0);
    await page.getByText('Running well', { exact: true }).first().waitFor({ timeout: 60_000 });
  });
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  const admin = await signIn(url, { username: 'admin', password: await deployment.secret('admin_password') });
  await verdictOf(admin, 'ok');
});

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

interface Container {
  readonly Config: { readonly User: string; readonly Labels: Readonly<Record<string, string>> };
  readonly HostConfig: {
    readonly ReadonlyRootfs: boolean;
    readonly CapDrop: readonly string[] | null;
    readonly CapAdd: readonly string[] | null;
    readonly Memory: number;
    readonly PidsLimit: number;
    readonly LogConfig: { readonly Config: Readonly<Record<string, string>> };
  };
  readonly NetworkSettings: { readonly Ports: Readonly<Record<string, readonly { readonly HostIp: string }[] | null>> };
}

/** What is promised of every container, asked of the engine itself. */
async function expectSandboxes(deployment: Deployment): Promise<void> {
  const ids = (await deployment.must('ps', '--quiet')).split('\n').filter(Boolean);
  const containers = JSON.parse(await docker('inspect', ...ids)) as readonly Container[];
  const facts = containers.map(({ Config, HostConfig, NetworkSettings }) => ({
    service: Config.Labels['com.docker.compose.service'],
    isRoot: /^(0|root)?$/.test(Config.User),
    isWritable: !HostConfig.ReadonlyRootfs,
    kept: HostConfig.CapDrop?.includes('ALL') === true ? HostConfig.CapAdd : ['all'],
    published: Object.values(NetworkSettings.Ports).flatMap((ports) => ports?.map(({ HostIp }) => HostIp) ?? []),
    isLimited: HostConfig.Memory > 0 && HostConfig.PidsLimit > 0 && HostConfig.LogConfig.Config['max-size'] === '10m',
  }));
  const services = ['backup', 'manager', 'manager', 'postgres', 'proxy', 'scanner'];
  expect(facts.map(({ service }) => service ?? '').toSorted((left, right) => left.localeCompare(right))).toEqual(
    services,
  );
  for (const { service, published, ...locks } of facts) {
    expect(locks, service).toEqual({ isRoot: false, isWritable: false, kept: null, isLimited: true });
    expect(published, service).toEqual(service === 'proxy' ? ['127.0.0.1'] : []);
  }
}

/** What the image says of itself. */
async function labelsOf(image: string): Promise<Record<string, string | undefined>> {
  const labels = JSON.parse(await docker('image', 'inspect', '--format', '{{json .Config.Labels}}', image)) as Readonly<
    Record<string, string>
  >;
  const of = (name: string): string | undefined => labels[`org.opencontainers.image.${name}`];
  return { version: of('version'), revision: of('revision') };
}

/** Whichever manager makes evidence, and whoever is at the keyboard: it is signed with the one key of the deployment. */
async function expectOneSigningKey(deployment: Deployment): Promise<void> {
  const key = ['posture', 'evidence', 'key', '--json'];
  const inManager = (index: string): string[] => ['exec', '-T', '--index', index, 'manager', 'plimsoll', ...key];
  const told = await Promise.all(
    [inManager('1'), inManager('2'), [...operate, ...key]].map(async (words) => await deployment.must(...words)),
  );
  expect(new Set(told).size).toBe(1);
}

async function inBrowser(url: string, look: (page: Page) => Promise<void>): Promise<void> {
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    await page.goto(url);
    await look(page);
  } finally {
    await browser.close();
  }
}
