import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { deploy, findUnfinished, planDeploy, resume } from './begin.ts';
import type { DeployContext } from './context.ts';
import { deployError } from './errors.ts';
import type { DeployHost } from './host.ts';
import { openDeployJournals, type DeployImage, type DeployJournal } from './journal.ts';
import { planRollback, rollBack } from './rollback.ts';
import { waysOutOf } from './standing.ts';

// Every change of the journal waits for the disk, which may be a slow one.
vi.setConfig({ testTimeout: 60_000 });

class Killed extends Error {}

const image = (version: string): DeployImage => ({
  reference: `plimsoll:${version}`,
  id: `id-${version}`,
  version,
  commit: 'c'.repeat(40),
});
const images = ['1.0.0', '1.1.0', '1.2.0'].map(image);
const [old, next, newest] = images as [DeployImage, DeployImage, DeployImage];

/** What a deployment comes to, with no process behind it: what is asked here is whether the journal tells the truth about it. */
interface World {
  reference: string;
  managers: { id: string; imageId: string; ready: boolean }[];
  others: string;
  schema: number;
  history: Set<string>;
  posture: 'ok' | 'unknown';
  bundles: { id: string; note: string; pinned: boolean; createdAt: string }[];
}

/** A host over a world; at its `dies`-th change it is killed, before or after the change was made, or refuses to make it. */
function modelHost(world: World, dies: number, when: 'before' | 'after' | 'refused'): DeployHost {
  let changes = 0;
  const change = async (make: () => void): Promise<void> => {
    changes += 1;
    if (changes === dies && when === 'before') throw new Killed('before');
    if (changes === dies && when === 'refused')
      throw deployError('deploy_host_failed', { message: 'docker does not want to', hint: 'Mend it.' });
    make();
    if (changes === dies) throw new Killed('after');
  };
  const answer = (value: object, code = 0) => ({ code, stdout: JSON.stringify(value), stderr: '' });
  const databases = ({ version }: DeployImage) =>
    (['config', 'results', 'jobs'] as const).map((name) => ({
      name,
      status: world.schema === needs(version) ? 'ok' : world.schema < needs(version) ? 'behind' : 'ahead',
      current: world.schema,
      required: needs(version),
      aheadAllowed: world.schema > needs(version) ? true : null,
      problems: [],
      outcome: 'migrated',
      planned: [],
      error: null,
    }));
  const needs = (version: string): number => images.findIndex((found) => found.version === version);
  return {
    readImage: async (reference) => images.find((found) => found.reference === reference) ?? old,
    keepImage: async (id) => images.find((found) => found.id === id) ?? old,
    readInstalled: async () => {
      const managers = world.managers.map((manager) => ({ ...manager }));
      // Whoever is looked at twice has had the time to get ready.
      for (const manager of world.managers) manager.ready = true;
      return { reference: world.reference, managers };
    },
    setImage: async ({ reference }) => await change(() => void (world.reference = reference)),
    startManager: async ({ id }) =>
      await change(() => void world.managers.push({ id: `m${Math.random()}`, imageId: id, ready: false })),
    stopManager: async (id) =>
      await change(() => void (world.managers = world.managers.filter((manager) => manager.id !== id))),
    readLog: async () => '',
    startOthers: async ({ id }) => await change(() => void (world.others = id)),
    commandFor: (_, __, words) => words.join(' '),
    run: async (asked, part, words) => {
      switch (`${part} ${words[0]} ${words[1]}`.replace(/ --json| undefined/g, '')) {
        case 'migrator preflight':
          return answer({ id: 'p', status: 'pass', checks: [], error: null });
        case 'migrator migrate':
          await change(() => void (world.schema = Math.max(world.schema, needs(asked.version))));
          return answer({ databases: databases(asked) });
        case 'migrator migrate --dry-run':
        case 'migrator status':
          return answer({ databases: databases(asked) });
        case 'operator backup take': {
          const note = words[words.indexOf('--pin') + 1] ?? '';
          const id = `20261123T00000${world.bundles.length}Z-00000000`;
          await change(() => void world.bundles.push({ id, note, pinned: true, createdAt: new Date().toISOString() }));
          return answer({ bundleId: id });
        }
        case 'operator backup list':
          return answer({ bundles: world.bundles.map(entryOf) });
        case 'operator backup unpin':
          await change(() => {
            for (const bundle of world.bundles) if (bundle.id === words[2]) bundle.pinned = false;
          });
          return answer({});
        case 'operator release enter': {
          const id = words[words.indexOf('--id') + 1] ?? '';
          await change(() => void world.history.add(id));
          return answer({ id });
        }
        case 'operator posture':
          return answer({ verdict: { status: world.posture, headline: 'as it is', reasons: [] } });
        default:
          throw new Error(`nobody asks for ${part} ${words.join(' ')}`);
      }
    },
  };
}

function entryOf({ id, note, pinned, createdAt }: World['bundles'][number]) {
  const pin = pinned ? { by: 'kim', at: createdAt, note } : null;
  const summary = { id, createdAt, bytes: 1, verifiedAt: null, schemaVersions: {}, state: 'verified', pinned };
  const database = (name: string) => ({
    name,
    engine: 'pg_dump',
    engineVersion: '18',
    format: 'custom',
    compression: 'zstd',
    serverVersion: 180000,
    schemaVersion: 1,
    oldestCompatible: 1,
    schemaFingerprint: 'f',
    snapshotAt: createdAt,
    lsn: '0/0',
    databaseBytes: 1,
    tables: [],
    file: { path: 'f.dump', bytes: 1, sha256: 'a'.repeat(64) },
  });
  const manifest = {
    formatVersion: 1,
    id,
    deploymentId: 'd',
    createdAt,
    completedAt: createdAt,
    takenBy: 'kim',
    reason: 'deploy',
    appVersion: '1.0.0',
    imageSha: 'unknown',
    encryption: null,
    databases: ['config', 'results', 'jobs'].map(database),
    skewMs: 0,
    crossChecks: [],
  };
  return { ...summary, verifications: [], pin, copies: [], manifest };
}

function setup() {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-deploy-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const world: World = {
    reference: old.reference,
    managers: ['a', 'b'].map((id) => ({ id, imageId: old.id, ready: true })),
    others: old.id,
    schema: 0,
    history: new Set(),
    posture: 'ok',
    bundles: [],
  };
  let time = Date.parse('2026-11-23T00:00:00.000Z');
  const contextOf = (host: DeployHost): DeployContext => ({
    host,
    journals: openDeployJournals(join(folder, 'deployments')),
    // Never the same instant twice, and close enough to the real one for a bundle to be fresh.
    clock: { now: () => new Date((time = Math.max(time + 1, Date.now()))) },
    by: 'kim',
    machine: 'host',
    patience: { readyMs: 1000, settledMs: 0, postureMs: 1000, pollMs: 0 },
    signal: new AbortController().signal,
    report: () => undefined,
  });
  const begin = async (context: DeployContext, { reference }: DeployImage) =>
    await deploy(context, await planDeploy(context, { reference, acknowledge: undefined, strict: false }));
  return { world, contextOf, begin };
}

const alive = Number.POSITIVE_INFINITY;
const settled = (world: World) => ({
  reference: world.reference,
  others: world.others,
  managers: world.managers.map(({ imageId }) => imageId),
});
const allOf = ({ reference, id }: DeployImage) => ({ reference, others: id, managers: [id, id] });

/** What the journal says is true, whichever instant it was written at. */
function expectTrue({ state, bundleId }: DeployJournal, world: World): void {
  if (state === 'judging' || state === 'saving')
    expect({ ...settled(world), schema: world.schema }).toEqual({ ...allOf(old), schema: 0 });
  else expect(world.bundles.some(({ id, pinned }) => pinned && id === bundleId)).toBe(true);
  if (['replacing', 'settling', 'verifying'].includes(state)) expect(world.schema).toBe(1);
  if (['settling', 'verifying'].includes(state))
    expect(world.managers.map(({ imageId }) => imageId)).toEqual([next.id, next.id]);
  if (state === 'verifying') expect(world.others).toBe(next.id);
  expect(world.managers.filter(({ ready }) => ready).length).toBeGreaterThanOrEqual(2);
}

/** More changes than a deployment makes. */
const instants = Array.from({ length: 12 }, (_, index) => index + 1);

test.each(instants.flatMap((dies) => [[dies, 'before'] as const, [dies, 'after'] as const]))(
  'killed at its change %i, %s it was made, a deployment is gone on with to its end',
  async (dies, when) => {
    const { world, contextOf, begin } = setup();
    const first = contextOf(modelHost(world, dies, when));
    const killed = await begin(first, next).then(
      () => false,
      (error: unknown) => error instanceof Killed,
    );
    const context = contextOf(modelHost(world, alive, when));
    if (killed) {
      const journal = await findUnfinished(context);
      expectTrue(journal, world);
      expect((await resume(context, journal)).error).toBeNull();
    }
    expect(settled(world)).toEqual(allOf(next));
    expect(world.history.size).toBe(1);
    await expect(findUnfinished(context)).rejects.toMatchObject({ code: 'deploy_nothing_to_resume' });
  },
);

test.each(instants.flatMap((dies) => [[dies, 'before'] as const, [dies, 'after'] as const]))(
  'killed at its change %i, %s it was made, a deployment is gone back from',
  async (dies, when) => {
    const { world, contextOf, begin } = setup();
    await begin(contextOf(modelHost(world, dies, when)), next).catch(() => undefined);
    const context = contextOf(modelHost(world, alive, when));
    expect((await rollBack(context, await planRollback(context))).error).toBeNull();
    expect(settled(world)).toEqual(allOf(old));
  },
);

test.each(instants)(
  'refused its change %i, a deployment stands still, and each way out that is named gets out',
  async (dies) => {
    const ways = ['go_on', 'go_back', 'leave'] as const;
    for (const way of ways) {
      const { world, contextOf, begin } = setup();
      const { journal, error } = await begin(contextOf(modelHost(world, dies, 'refused')), next);
      const named = waysOutOf(journal).map((out) => out.way);
      if (error === null) expect(named).toEqual([]);
      else {
        expect(journal.failure).toMatchObject({ code: 'deploy_host_failed' });
        expectTrue(journal, world);
        expect(named).toHaveLength(2);
      }
      const context = contextOf(modelHost(world, alive, 'after'));
      if (!named.includes(way)) continue;
      if (way === 'go_on') expect((await resume(context, journal)).error).toBeNull();
      if (way === 'go_back') expect((await rollBack(context, await planRollback(context))).error).toBeNull();
      expect(settled(world)).toEqual(allOf(way === 'go_on' ? next : old));
    }
  },
);

test('going back that stands still is gone on with by going back', async () => {
  const { world, contextOf, begin } = setup();
  const context = contextOf(modelHost(world, alive, 'after'));
  await begin(context, next);
  world.posture = 'unknown';
  const hasty = { ...context, patience: { ...context.patience, postureMs: 0 } };
  const { error } = await rollBack(hasty, await planRollback(hasty));
  expect(error).toMatchObject({
    code: 'deploy_posture_bad',
    hint: 'Mend what it says, then run `plimsoll release rollback` again.',
  });
  world.posture = 'ok';
  expect((await rollBack(context, await planRollback(context))).error).toBeNull();
  expect(settled(world)).toEqual(allOf(old));
});

test('the pin of the deployment before is let go of once the next one is done, and not sooner', async () => {
  const { world, contextOf, begin } = setup();
  const context = contextOf(modelHost(world, alive, 'after'));
  await begin(context, next);
  expect(world.bundles.map(({ pinned }) => pinned)).toEqual([true]);
  await begin(context, newest);
  expect(world.bundles.map(({ pinned }) => pinned)).toEqual([false, true]);
  expect((await context.journals.list()).map(({ to, pinned }) => [to.version, pinned])).toEqual([
    ['1.2.0', true],
    ['1.1.0', false],
  ]);
});
