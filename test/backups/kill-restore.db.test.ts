import { expect, test } from 'vitest';
import { actionFor, isUnfinished } from '../../src/backups/restore/states.ts';
import { forgetRestores, resumeRestore, undoRestore } from '../../src/backups/restore/restore.ts';
import { startChild } from '../testkit/index.ts';
import type { RestoreUntil } from '../testkit/programs/restore-until.ts';
import { restoreScene, type RestoreScene } from '../testkit/restore-scene.ts';
import { seeded } from '../testkit/seeded.ts';

const restored = { users: 5, scanners: 20, scans: 1, results: 11 };
const changed = { users: 6, scanners: 21, scans: 2, results: 12 };
const minutes = 60_000;
// RESTORE_KILLS=all kills at every moment there is; else at the exchange of names, and at some others that a seed chooses.
const all = process.env['RESTORE_KILLS'] === 'all';
const seed = Number(process.env['RESTORE_KILL_SEED'] ?? Date.now() % 2 ** 31);
const random = seeded(seed);
const chosenAtMost = 3;
const exchange = { restore: /^exchanged/, back: /^exchanged back/ } as const;
const others: Readonly<Record<'restore' | 'back', readonly RegExp[]>> = {
  restore: [/^wrote preparing/, /^loaded results/, /^made ready/, /^wrote swapping/, /^wrote swapped/, /^opened/],
  back: [/^wrote returning/, /^fenced/, /^opened/],
};

/** Runs one command in a process that ends itself at a moment; gives the last line it said. */
async function run(scene: RestoreScene, action: RestoreUntil['action'], killAt: number): Promise<string> {
  const urlsOf = (role: 'owner' | 'app' | 'readonly') => {
    const urls = scene.databases.urls(role);
    return { config: urls.config.reveal(), results: urls.results.reveal(), jobs: urls.jobs.reveal() };
  };
  const urls = { owner: urlsOf('owner'), app: urlsOf('app'), readonly: urlsOf('readonly') };
  const told = JSON.stringify({ action, killAt, root: scene.root, urls } satisfies RestoreUntil);
  await using child = startChild({ args: ['test/testkit/programs/restore-until.ts', told] });
  const code = await child.exited;
  if (code !== null && code !== 0) throw new Error(`it ended with ${code}: ${child.stderr()}`);
  return child.stdout().trim();
}

/** The moments at which to kill, by their number. */
async function momentsOf(scene: RestoreScene, action: 'restore' | 'back'): Promise<number[]> {
  const labels = (await run(scene, action, 0)).split('\n');
  const numbers = labels.map((_, index) => index + 1);
  if (all) return numbers;
  const drawn = others[action]
    .map((kind) => ({ kind, order: random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ kind }) => kind);
  const kinds = [exchange[action], ...drawn].slice(0, chosenAtMost);
  const chosen = kinds.map((kind) => labels.findIndex((label) => kind.test(label)) + 1);
  expect(chosen).not.toContain(0);
  const moments = [...chosen, labels.length];
  process.stdout.write(`killed ${action} at moments ${moments.join(', ')}, seed ${seed}\n`);
  return moments;
}

async function newestState(scene: RestoreScene) {
  const [journal] = await scene.context().journals.list();
  return journal?.state;
}

/** Back to where every round begins: the changed databases, the gate open, nothing kept beside. */
async function reset(scene: RestoreScene): Promise<void> {
  const state = await newestState(scene);
  if (state !== undefined && actionFor(state, 'back') !== undefined) await undoRestore(scene.context());
  const left = await newestState(scene);
  if (left !== undefined && actionFor(left, 'forget') !== undefined) await forgetRestores(scene.context());
  expect(await scene.sideDatabases()).toEqual([]);
  expect(await scene.counts()).toEqual(changed);
  expect(await scene.gateIsOpen()).toBe(true);
}

async function everyMoment(
  scene: RestoreScene,
  action: 'restore' | 'back',
  round: (moment: number) => Promise<string>,
): Promise<string[]> {
  const met: string[] = [];
  for (const moment of await momentsOf(scene, action)) met.push(await round(moment));
  return met;
}

test(
  'a restore killed at any moment is gone on with, to the very state of the snapshot',
  { timeout: 6 * minutes },
  async () => {
    await using scene = await restoreScene();
    await scene.changeThings();
    const met = await everyMoment(scene, 'restore', async (moment) => {
      await reset(scene);
      const killedAt = await run(scene, 'restore', moment);
      const state = await newestState(scene);
      // Before the first line of the journal nothing was done, and after the last everything.
      if (state !== undefined && isUnfinished(state)) {
        await expect(scene.restore(), killedAt).rejects.toMatchObject({ code: 'restore_unfinished' });
        await resumeRestore(scene.context(), scene.request());
      }
      if ((await newestState(scene)) === 'done') {
        expect(await scene.counts(), killedAt).toEqual(restored);
        expect(await scene.gateIsOpen(), killedAt).toBe(true);
        expect(await scene.sideDatabases(), killedAt).toHaveLength(3);
      }
      return killedAt;
    });
    expect(met).toContain('exchanged config, results, jobs');
    expect(met.at(-1)).toBe('wrote done');
  },
);

test(
  'a restore killed at any moment is undone, and the old databases are as they were',
  { timeout: 6 * minutes },
  async () => {
    await using scene = await restoreScene();
    await scene.changeThings();
    await everyMoment(scene, 'restore', async (moment) => {
      await reset(scene);
      const killedAt = await run(scene, 'restore', moment);
      const state = await newestState(scene);
      if (state !== undefined && isUnfinished(state)) await undoRestore(scene.context());
      return killedAt;
    });
    await reset(scene);
  },
);

test(
  'a way back killed at any moment is gone on with, to the databases of before',
  { timeout: 6 * minutes },
  async () => {
    await using scene = await restoreScene();
    await scene.changeThings();
    await scene.restore();
    const met = await everyMoment(scene, 'back', async (moment) => {
      await reset(scene);
      await scene.restore();
      const killedAt = await run(scene, 'back', moment);
      const state = await newestState(scene);
      if (state !== undefined && isUnfinished(state)) await resumeRestore(scene.context(), scene.request());
      const after = await newestState(scene);
      expect(await scene.counts(), killedAt).toEqual(after === 'returned' ? changed : restored);
      return killedAt;
    });
    expect(met).toContain('exchanged back config, results, jobs');
    await reset(scene);
  },
);
