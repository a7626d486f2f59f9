import { join } from 'node:path';
import { expect, test } from 'vitest';
import { proveBundle, sourceOn } from '../../src/backups/index.ts';
import { openJournals } from '../../src/backups/restore/journal.ts';
import { restoreBundle, resumeRestore, undoRestore } from '../../src/backups/restore/restore.ts';
import { systemClock } from '../../src/base/index.ts';
import { defaultManifestPath, defaultMigrationsDir, readManifest } from '../../src/manifest/index.ts';
import { readDefinitions } from '../../src/migrator/index.ts';
import { scratchFolder, serverKinds, takeBundle, testEngines, testTarget, type ServerKind } from '../testkit/index.ts';
import { deployOn, type OwnDeployment } from '../testkit/own-deployment.ts';

const minutes = 60_000;
const embedded = serverKinds().findLast(({ bin }) => bin === undefined) ?? missing();
const installed = serverKinds().find(({ bin }) => bin !== undefined);

function missing(): never {
  throw new Error('the server that npm brings is always there');
}

/** Config and jobs on one server, results on another of another kind where this machine has one. */
async function setup(others: ServerKind = installed ?? embedded) {
  const things = new AsyncDisposableStack();
  const { path } = things.use(await scratchFolder());
  const main = things.use(await embedded.start());
  const other = things.use(await others.start());
  const deployment = await deployOn({ config: main, jobs: main, results: other });
  const target = testTarget(join(path, 'backups'));
  await deployment.server('results').query('results', "insert into targets (address) values ('one')");
  const bundle = await takeBundle({ urls: deployment.urls('readonly'), target });
  await addLate(deployment);
  const manifest = await readManifest(defaultManifestPath());
  const definitions = await readDefinitions(defaultMigrationsDir());
  const engines = await testEngines();
  const context = (onMoment: (moment: string) => void = () => undefined) => ({
    urls: { owner: deployment.urls('owner'), app: deployment.urls('app'), readonly: deployment.urls('readonly') },
    folder: target.location,
    journals: openJournals(target.location),
    manifest,
    definitions,
    by: 'ada',
    host: 'here',
    clock: systemClock,
    signal: new AbortController().signal,
    report: () => undefined,
    settling: { atLeastMs: 0, atMostMs: 2000 },
    onMoment,
  });
  const accepted = { unverified: 'a test', otherDeployment: 'a test' };
  const request = {
    bundle: bundle.id,
    accepted,
    confirm: async () => await Promise.resolve(true),
    targets: [target],
    cwd: path,
    engines,
    unseal: undefined,
    onBytes: () => undefined,
  };
  return {
    deployment,
    bundle,
    target,
    context,
    request,
    path,
    [Symbol.asyncDispose]: async () => await things.disposeAsync(),
  };
}

async function addLate(deployment: OwnDeployment): Promise<void> {
  await deployment.server('results').query('results', "insert into targets (address) values ('late')");
  await deployment.server('jobs').query('jobs', "insert into scans (name, requested_by) values ('late', 'test')");
}

async function counts(deployment: OwnDeployment) {
  const [targets] = await deployment.server('results').query('results', 'select count(*)::integer as n from targets');
  const [scans] = await deployment.server('jobs').query('jobs', 'select count(*)::integer as n from scans');
  return { targets: targets?.['n'], scans: scans?.['n'] };
}

const then = { targets: 1, scans: 0 };
const now = { targets: 2, scans: 1 };

test(
  'databases on two servers are exchanged one server after the other, and brought back',
  { timeout: 3 * minutes },
  async () => {
    await using scene = await setup();
    const met: string[] = [];
    const { journal } = await restoreBundle(
      scene.context((moment) => met.push(moment)),
      scene.request,
    );
    expect(journal.state).toBe('done');
    expect(met.filter((moment) => moment.startsWith('exchanged'))).toEqual([
      'exchanged config, jobs',
      'exchanged results',
    ]);
    expect(await counts(scene.deployment)).toEqual(then);
    await undoRestore(scene.context());
    expect(await counts(scene.deployment)).toEqual(now);
  },
);

test(
  'an exchange that ends between two servers is gone on with, or taken back on the one that had it',
  { timeout: 3 * minutes },
  async () => {
    await using scene = await setup();
    const pullTheCable = (moment: string): void => {
      if (moment === 'exchanged config, jobs') throw new Error('the cable was pulled');
    };
    await expect(restoreBundle(scene.context(pullTheCable), scene.request)).rejects.toThrow('the cable was pulled');
    expect(await counts(scene.deployment)).toEqual({ ...now, scans: 0 });
    expect((await undoRestore(scene.context())).journal.state).toBe('returned');
    expect(await counts(scene.deployment)).toEqual(now);
    await expect(restoreBundle(scene.context(pullTheCable), scene.request)).rejects.toThrow('the cable was pulled');
    expect((await resumeRestore(scene.context(), scene.request)).journal.state).toBe('done');
    expect(await counts(scene.deployment)).toEqual(then);
  },
);

test('a bundle is proven on any server that is new enough, of whichever major', { timeout: 3 * minutes }, async () => {
  await using scene = await setup();
  await using scratch = await embedded.start();
  const verification = await proveBundle({
    source: sourceOn(scene.target, scene.bundle),
    engines: scene.request.engines,
    unseal: undefined,
    url: scratch.url('postgres'),
    by: 'ada',
    clock: systemClock,
    signal: new AbortController().signal,
    onBytes: () => undefined,
    onPhase: () => undefined,
  });
  expect(verification.message).toMatch(/^restored: /);
});
