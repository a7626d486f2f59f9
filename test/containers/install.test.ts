import { expect, test } from 'vitest';
import { cloneDeployment, docker, signIn, type Deployment } from './deployment.ts';
import { inBrowser, verdictOf } from './look.ts';
import { migrate, operate } from './tooling.ts';

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
