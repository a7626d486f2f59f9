import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { DatabaseName, ReleasePosture } from '../../src/contract/index.ts';
import type { Queryable } from '../../src/postgres/index.ts';
import { countOpenJobs, takeAccount } from '../chaos/account.ts';
import { startChild, type TestChild } from '../testkit/child.ts';
import { scratchFolder } from '../testkit/scratch-folder.ts';
import { waitFor } from '../testkit/wait-for.ts';
import { buildImages, createDeployment, docker, type Deployment } from './deployment.ts';
import { buildRelease } from './releases.ts';
import { keepBusy, signInAt, type SignedIn } from './user.ts';

const migrate = ['--profile', 'migrate', 'run', '--rm', '-T', 'migrator'] as const;
const operate = ['run', '--rm', '-T', 'operator'] as const;
const expand = 'create table follows (id integer primary key);\n';

/** What the release tooling printed, and how it ended. */
interface Tooling {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `plimsoll release …`, typed where compose.yaml lies. */
async function release(deployment: Deployment, ...words: string[]): Promise<Tooling> {
  const args = [resolve('src/main.ts'), 'release', ...words, '--project', deployment.folder];
  await using child = startChild({ args, environment: { OPERATOR: 'kim' } });
  const code = await child.exited;
  return { code, stdout: child.stdout(), stderr: child.stderr() };
}

/** The same, and whatever step a slow machine has not done in time is gone on with by the command that it names. */
async function goOn(deployment: Deployment, ...words: string[]): Promise<Tooling> {
  let ended = await release(deployment, ...words);
  for (let times = 0; ended.code === 1 && times < 5; times += 1) {
    const named = /^ +go on +\S+ plimsoll release (.+)$/m.exec(ended.stdout)?.[1];
    if (named === undefined) return ended;
    ended = await release(deployment, ...named.split(' '), ...(named === 'rollback' ? ['--yes'] : []));
  }
  return ended;
}

test('a deployment is upgraded and goes back while it is used; after a contract migration, back is the restore that is named', async () => {
  const built = await buildImages();
  await using scratch = await scratchFolder();
  const follows = { config: [expand], results: [expand], jobs: [expand] };
  const next = await buildRelease(scratch.path, built.image, {
    version: '1.1.0',
    commit: 'b'.repeat(40),
    migrations: follows,
    window: { min: 2, max: 2 },
  });
  const { jobs: at } = JSON.parse(
    await docker('run', '--rm', '--entrypoint', 'cat', next, '/opt/plimsoll/release.json'),
  ).databases as Record<DatabaseName, { schemaVersion: number }>;
  const contract = `-- plimsoll: oldest-compatible=${at.schemaVersion}\ndrop table follows;\n`;
  const last = await buildRelease(scratch.path, built.image, {
    version: '1.2.0',
    commit: 'c'.repeat(40),
    migrations: { ...follows, jobs: [expand, contract] },
    window: { min: 1, max: 2 },
  });

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
  });
  expect(young.pid).toBeGreaterThan(0);
  expect(await managersOf(deployment)).toEqual([built.image, built.image]);

  // To the next release, used all the time.
  const busy = keepBusy(user);
  const planned = await release(deployment, 'deploy', next, '--dry-run');
  expect(planned).toMatchObject({ code: 0, stdout: expect.stringContaining('Deploy 1.1.0 over 1.0.0') as string });
  const deployed = await goOn(deployment, 'deploy', next, '--yes');
  expect(deployed, deployed.stdout + deployed.stderr).toMatchObject({ code: 4 });
  expect(deployed.stdout).toContain('the deployment of 1.1.0 is done');
  expect(deployed.stdout).toMatch(/1 (of 3 scanners|scanner)/);
  expect(busy.failures).toEqual([]);
  expect(await managersOf(deployment)).toEqual([next, next]);
  const upgraded = await readPosture(user);
  expect(upgraded).toMatchObject({
    app: { version: '1.1.0', imageSha: 'b'.repeat(40) },
    gate: { open: true },
    scanners: { total: 3, inWindow: 2, outsideWindow: 1 },
  });
  // The scanner of yesterday is seen and gets nothing; upgraded, it is the last thing that kept the posture from ok.
  await waitFor(() => /protocol_unsupported|426/.test(old.stderr() + old.stdout()), {
    what: 'the old scanner to be told',
    timeoutMs: 60_000,
  });
  await old.end('SIGTERM');
  await using renewed = await startScanner(user, { url, folder: scratch.path, name: 'old', protocol: 2 });
  await waitFor(async () => ['ok', 'ready'].includes((await readPosture(user)).verdict.status), {
    what: 'the posture to be ok',
    timeoutMs: 120_000,
  });

  expect(renewed.pid).not.toBe(old.pid);

  // Back without a restore, used all the time.
  const back = await goOn(deployment, 'rollback', '--yes');
  expect(back.stdout, back.stdout + back.stderr).toContain('going back to 1.0.0 is done');
  expect(busy.failures).toEqual([]);
  expect(await managersOf(deployment)).toEqual([built.image, built.image]);
  expect((await readPosture(user)).databases.map(({ status, aheadAllowed }) => `${status} ${aheadAllowed}`)).toEqual([
    'ahead true',
    'ahead true',
    'ahead true',
  ]);
  await busy.stop();
  expect(busy.requests()).toBeGreaterThan(100);
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

  // A contract migration: the image of before is no way back any more, the restore is.
  const contracted = await goOn(deployment, 'deploy', last, '--yes');
  expect(contracted.stdout, contracted.stdout + contracted.stderr).toContain('the deployment of 1.2.0 is done');
  const refused = await release(deployment, 'rollback', '--yes');
  expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining('[rollback_needs_restore]') as string });
  const restore = /`(PLIMSOLL_IMAGE=\S+) docker (compose run --rm operator backup restore \S+)`/.exec(refused.stderr);
  expect(restore?.[1]).toBe(`PLIMSOLL_IMAGE=${built.image}`);
  await typeInShell(deployment, `${restore?.[1]} docker ${restore?.[2]} --yes`);
  const restored = await goOn(deployment, 'rollback', '--yes');
  expect(restored.stdout, restored.stdout + restored.stderr).toContain('going back to 1.0.0 is done');
  expect(await managersOf(deployment)).toEqual([built.image, built.image]);
  const again = await signInAt(url, 'admin', await deployment.secret('admin_password'));
  await waitFor(async () => (await readPosture(again)).gate.open, { what: 'the gate to open', timeoutMs: 60_000 });
  expect((await readPosture(again)).databases.map(({ status }) => status)).toEqual(['ahead', 'ahead', 'ahead']);
});

/** A command as the tooling has told it; it must end well. */
async function typeInShell({ folder }: Deployment, line: string): Promise<string> {
  return (await promisify(execFile)('sh', ['-c', line], { cwd: folder, maxBuffer: 1 << 26 })).stdout;
}

async function readPosture(user: SignedIn): Promise<ReleasePosture> {
  return await user.call('GET', '/api/admin/release');
}

/** Names of the images that the managers run. */
async function managersOf(deployment: Deployment): Promise<string[]> {
  const ids = (await deployment.must('ps', '--quiet', 'manager')).split('\n').filter(Boolean);
  const named = ids.map(async (id) => (await docker('inspect', '--format', '{{.Config.Image}}', id)).trim());
  return await Promise.all(named);
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

/** A database that only the containers reach, asked by its own psql. */
function psql(deployment: Deployment, database: DatabaseName): Queryable {
  return {
    query: async <Row>(text: string) => {
      const rows = `select coalesce(json_agg(asked), '[]') from (${text}) asked`;
      const words = ['exec', '-T', 'postgres', 'psql', '-U', 'postgres', '-d', database, '-X', '-At', '-c', rows];
      return JSON.parse(await deployment.must(...words)) as Row[];
    },
  };
}
