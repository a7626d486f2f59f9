import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import type { DatabaseName, ReleasePosture } from '../../src/contract/index.ts';
import { countOpenJobs, takeAccount } from '../chaos/account.ts';
import { startChild, type TestChild } from '../testkit/child.ts';
import { scratchFolder } from '../testkit/scratch-folder.ts';
import { seeded } from '../testkit/seeded.ts';
import { waitFor } from '../testkit/wait-for.ts';
import { buildImages, createDeployment, docker, type Deployment } from './deployment.ts';
import { deployKilledAt, moments, type Moment } from './kill.ts';
import { buildRelease } from './releases.ts';
import { managersOf, migrate, operate, psql, release, startRelease, typeInShell } from './tooling.ts';
import { keepBusy, signInAt, type BusyUser, type SignedIn } from './user.ts';

const expand = 'create table follows (id integer primary key);\n';

/** This release, one that expands every schema and leaves the older scanners behind, and one that contracts a schema. */
async function buildReleases(folder: string) {
  const built = await buildImages();
  const follows = { config: [expand], results: [expand], jobs: [expand] };
  const next = await buildRelease(folder, built.image, {
    version: '1.1.0',
    commit: 'b'.repeat(40),
    migrations: follows,
    window: { min: 2, max: 2 },
  });
  const { jobs: at } = JSON.parse(
    await docker('run', '--rm', '--entrypoint', 'cat', next, '/opt/plimsoll/release.json'),
  ).databases as Record<DatabaseName, { schemaVersion: number }>;
  const contract = `-- plimsoll: oldest-compatible=${at.schemaVersion}\ndrop table follows;\n`;
  const last = await buildRelease(folder, built.image, {
    version: '1.2.0',
    commit: 'c'.repeat(40),
    migrations: { ...follows, jobs: [expand, contract] },
    window: { min: 1, max: 2 },
  });
  return { built, next, last };
}

test('a deployment is upgraded and goes back while it is used; after a contract migration, back is the restore that is named', async () => {
  await using scratch = await scratchFolder();
  const { built, next, last } = await buildReleases(scratch.path);
  await using deployment = await createDeployment(built);
  await deployment.must(...migrate);
  await deployment.must('up', '--detach', '--wait', '--scale', 'manager=2');
  const url = await deployment.url();
  const user = await signInAt(url, 'admin', await deployment.secret('admin_password'));
  await deployment.must(...operate, 'backup', 'take');
  // One scanner comes with compose; of the two others one is of yesterday.
  await using young = await startScanner(user, { url, folder: scratch.path, name: 'young', protocol: 2 });
  await using old = await startScanner(user, { url, folder: scratch.path, name: 'old', protocol: 1 });
  await waitFor(async () => (await readPosture(user)).scanners.inWindow === 3, {
    what: 'three scanners',
    timeoutMs: 120_000,
    everyMs: 500,
  });
  expect(await managersOf(deployment)).toEqual([built.image, built.image]);

  // To the next release, used all the time.
  await using busy = keepBusy(user);
  await waitFor(async () => (await countLeasesOf(deployment, 'old')) > 0, {
    what: 'the old scanner to get a job',
    timeoutMs: 120_000,
    everyMs: 500,
  });
  const planned = await release(deployment, 'deploy', next, '--dry-run');
  expect(planned).toMatchObject({ code: 0, stdout: expect.stringContaining('Deploy 1.1.0 over 1.0.0') as string });
  await using deploying = startRelease(deployment, 'deploy', next, '--yes');
  await waitFor(
    async () => {
      if (deploying.process.exitCode !== null) throw new Error(deploying.stdout() + deploying.stderr());
      return (await managersOf(deployment)).every((image) => image === next);
    },
    { what: 'every manager to be replaced', timeoutMs: 300_000, everyMs: 1000 },
  );
  expect(await readPosture(user)).toMatchObject({
    app: { version: '1.1.0', imageSha: 'b'.repeat(40) },
    gate: { open: true },
    scanners: { total: 3, inWindow: 2, outsideWindow: 1 },
  });
  await expectLeftBehind({ deployment, busy, old });
  // The old scanner is what keeps the posture from ok; the deployment waits a minute for somebody to upgrade it.
  await old.end('SIGTERM');
  await using renewed = await startScanner(user, { url, folder: scratch.path, name: 'old', protocol: 2 });
  expect([0, 4], deploying.stdout() + deploying.stderr()).toContain(await deploying.exited);
  expect(deploying.stdout()).toContain('the deployment of 1.1.0 is done');
  expect(busy.failures, deploying.stdout() + deploying.stderr()).toEqual([]);
  await waitFor(async () => isWell(await readPosture(user)), {
    what: 'the posture to be ok',
    timeoutMs: 120_000,
    everyMs: 500,
  });

  // Back without a restore, used all the time.
  const back = await release(deployment, 'rollback', '--yes');
  expect(back, back.stdout + back.stderr).toMatchObject({ code: 0 });
  expect(back.stdout).toContain('going back to 1.0.0 is done');
  expect(busy.failures, back.stdout + back.stderr).toEqual([]);
  expect(await managersOf(deployment)).toEqual([built.image, built.image]);
  expect((await readPosture(user)).databases.map(({ status, aheadAllowed }) => `${status} ${aheadAllowed}`)).toEqual([
    'ahead true',
    'ahead true',
    'ahead true',
  ]);
  await busy.stop();
  expect([young, renewed].map(({ process: { exitCode } }) => exitCode)).toEqual([null, null]);
  expect(busy.requests()).toBeGreaterThan(100);
  await expectEveryJobOnce(deployment, busy);

  // A contract migration, deployed by somebody whose machine dies over it: the image of before is no way back any more.
  const contracted = await deployKilledAt(deployment, last, drawMoment());
  expect(contracted, contracted.stdout + contracted.stderr).toMatchObject({ code: 0 });
  expect(await managersOf(deployment)).toEqual([last, last]);
  const refused = await release(deployment, 'rollback', '--yes');
  expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining('[rollback_needs_restore]') as string });
  const restore = /`(PLIMSOLL_IMAGE=\S+) docker (compose run --rm operator backup restore \S+)`/.exec(refused.stderr);
  expect(restore?.[1]).toBe(`PLIMSOLL_IMAGE=${built.image}`);
  await typeInShell(deployment, `${restore?.[1]} docker ${restore?.[2]} --yes`);
  const restored = await release(deployment, 'rollback', '--yes');
  // With 4 where the bundle holds a preflight of 1.2.0 that had failed, which the posture still tells; with nothing else.
  expect([0, 4], restored.stdout + restored.stderr).toContain(restored.code);
  const [done, ...open] = restored.stdout.match(/^[✓!] .*/gm) ?? [];
  expect(done).toContain('going back to 1.0.0 is done');
  expect(open.filter((line) => !line.startsWith('! the preflight for 1.2.0 failed'))).toEqual([]);
  expect(await managersOf(deployment)).toEqual([built.image, built.image]);
  const again = await signInAt(url, 'admin', await deployment.secret('admin_password'));
  const { gate, databases } = await readPosture(again);
  expect({ open: gate.open, statuses: databases.map(({ status }) => status) }).toEqual({
    open: true,
    statuses: ['ahead', 'ahead', 'ahead'],
  });
  // What was done before the bundle is all there again, and nothing is done a second time.
  await expectEveryJobOnce(deployment, busy);
});

/** DEPLOY_KILL_SEED draws the same one again. */
function drawMoment(): Moment {
  const seed = Number(process.env['DEPLOY_KILL_SEED'] ?? Date.now() % 2 ** 31);
  const index = Math.floor(seeded(seed)() * moments.length);
  const moment = moments[index] ?? moments[0];
  process.stdout.write(`the deployment is killed at ${moment[0].source}, DEPLOY_KILL_SEED=${seed}\n`);
  return moment;
}

/** The old scanner is seen, told what to do, and gets nothing, while the jobs go on. */
async function expectLeftBehind(scene: {
  readonly deployment: Deployment;
  readonly busy: BusyUser;
  readonly old: TestChild;
}): Promise<void> {
  const { deployment, busy, old } = scene;
  await waitFor(() => old.stderr().includes('it gets no jobs until you upgrade this scanner'), {
    what: 'the old scanner to be told',
    timeoutMs: 120_000,
  });
  const before = await countLeasesOf(deployment, 'old');
  const leased = await countLeasesOf(deployment, 'young');
  const asked = busy.acknowledged.size;
  await waitFor(
    async () => busy.acknowledged.size >= asked + 5 && (await countLeasesOf(deployment, 'young')) > leased,
    { what: 'the jobs to go on', timeoutMs: 120_000, everyMs: 500 },
  );
  expect(await countLeasesOf(deployment, 'old')).toBe(before);
}

/** Every job that was acknowledged ended once, with one result. */
async function expectEveryJobOnce(deployment: Deployment, busy: BusyUser): Promise<void> {
  const [jobs, results] = [psql(deployment, 'jobs'), psql(deployment, 'results')];
  await waitFor(async () => (await countOpenJobs(jobs)) === 0, {
    what: 'every job to end',
    timeoutMs: 180_000,
    everyMs: 1000,
  });
  const account = await takeAccount({ jobs, results }, busy.acknowledged);
  expect(account.faults).toEqual([]);
  expect(account.done).toBe(account.jobs);
  expect(account.jobs).toBe(busy.acknowledged.size * 3);
}

async function countLeasesOf(deployment: Deployment, name: string): Promise<number> {
  const scanners = await psql(deployment, 'config').query<{ id: string }>(
    `select id from scanners where name = '${name}'`,
  );
  const ids = scanners.map(({ id }) => `'${id}'`).join(', ');
  const [row] = await psql(deployment, 'jobs').query<{ n: number }>(
    `select count(*)::int as n from leases where scanner_id in (${ids})`,
  );
  return row?.n ?? 0;
}

function isWell({ verdict }: ReleasePosture): boolean {
  if (['ok', 'ready'].includes(verdict.status)) return true;
  throw new Error(`${verdict.headline}: ${verdict.reasons.map(({ message }) => message).join('; ')}`);
}

async function readPosture(user: SignedIn): Promise<ReleasePosture> {
  return await user.call('GET', '/api/admin/release');
}

interface ScannerTerms {
  readonly url: string;
  readonly folder: string;
  readonly name: string;
  readonly protocol: number;
}

/** A scanner outside of the containers, as one in another network is. */
async function startScanner(user: SignedIn, { url, folder, name, protocol }: ScannerTerms): Promise<TestChild> {
  const { token } = await user.call<{ token: string }>('POST', '/api/admin/enrolment-tokens', { maxUses: 1 });
  return startChild({
    args: ['src/main.ts', 'scanner'],
    environment: {
      SCANNER_MANAGER_URL: url,
      SCANNER_NAME: name,
      SCANNER_ENROLMENT_TOKEN: token,
      SCANNER_STATE_DIR: resolve(folder, `scanner-${name}`),
      SCANNER_PROTOCOL: String(protocol),
      LOG_LEVEL: 'info',
    },
  });
}
