import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { restoreScene, type RestoreScene } from '../../test/testkit/restore-scene.ts';
import { databaseNames } from '../contract/index.ts';
import { readEnvironment } from '../settings/index.ts';
import { runCommandLine } from './run.ts';

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `plimsoll backup restore …` in this process, with what is typed at its question. */
async function restore(scene: RestoreScene, words: readonly string[], typed?: string): Promise<Outcome> {
  const said = { stdout: '', stderr: '' };
  const urls = databaseNames.flatMap((name) => [
    [`${name.toUpperCase()}_DATABASE_URL`, scene.databases[name].urls.app.reveal()],
    [`MIGRATOR_${name.toUpperCase()}_DATABASE_URL`, scene.databases[name].urls.owner.reveal()],
  ]);
  const code = await runCommandLine({
    argv: ['backup', 'restore', ...words],
    environment: {
      ...Object.fromEntries(urls),
      BACKUP_DIR: scene.root,
      OPERATOR: 'ada',
      PATH: readEnvironment()['PATH'],
      MIGRATOR_COMMAND: 'npx plimsoll migrator',
    },
    stdout: { write: (text) => (said.stdout += text) },
    stderr: { write: (text) => (said.stderr += text) },
    ...(typed === undefined ? {} : { openStdin: () => Readable.from([`${typed}\n`]) }),
    cwd: process.cwd(),
  });
  return { code, ...said };
}

test('a dry run shows the preview and changes nothing; as JSON it says the same', async () => {
  await using scene = await restoreScene();
  await scene.changeThings();
  const shown = await restore(scene, ['latest', '--dry-run']);
  expect(shown).toMatchObject({ code: 0, stdout: expect.stringContaining('✓ it can be restored') as string });
  expect(shown.stdout).toMatch(/ 1 {2}scanners enrolled since, which have to enrol again\n/);
  const { code, stdout } = await restore(scene, [scene.bundle.id, '--dry-run', '--json']);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    preview: { bundle: { id: scene.bundle.id, state: 'verified' }, fit: 'this_release', scannerNames: ['a late one'] },
    refusals: [],
  });
  expect(await scene.sideDatabases()).toEqual([]);
});

test('what speaks against it is shown with what to do instead, and is exit code 3', async () => {
  await using scene = await restoreScene({ verified: false });
  const shown = await restore(scene, ['latest', '--dry-run']);
  expect(shown.code).toBe(3);
  expect(shown.stdout).toContain(`→ Run \`npx plimsoll backup verify ${scene.bundle.id}\` first`);
  const refused = await restore(scene, ['latest', '--yes', '--json']);
  expect(refused.code).toBe(3);
  expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: 'restore_unverified' } });
});

test('the id of the bundle has to be typed; then it is restored, told how to go back, and gone back from', async () => {
  await using scene = await restoreScene();
  await scene.changeThings();
  expect(await restore(scene, ['latest'], 'yes')).toMatchObject({ code: 3 });
  expect(await scene.counts()).toMatchObject({ users: 6 });
  const done = await restore(scene, ['latest'], scene.bundle.id);
  expect(done.code).toBe(0);
  expect(done.stderr).toContain(`Type ${scene.bundle.id} to go on:`);
  expect(done.stdout).toContain(`✓ restored ${scene.bundle.id}; the old databases are kept as `);
  expect(done.stdout).toContain('npx plimsoll backup restore --back');
  expect(await scene.counts()).toMatchObject({ users: 5 });
  expect((await restore(scene, ['--status'])).stdout).toMatch(/begun .* by ada on /);
  expect(await restore(scene, ['--back'])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('the old databases are back') as string,
  });
  expect(await scene.counts()).toMatchObject({ users: 6 });
  expect(await restore(scene, ['--forget'], 'no')).toMatchObject({ code: 3 });
  expect(await scene.sideDatabases()).toHaveLength(3);
  expect(await restore(scene, ['--forget'], 'forget')).toMatchObject({ code: 0 });
  expect(await scene.sideDatabases()).toEqual([]);
}, 120_000);

test('without a bundle it says what to give, or what an interrupted restore asks for', async () => {
  await using scene = await restoreScene();
  expect(await restore(scene, [])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('missing BUNDLE [usage]') as string,
  });
  expect(await restore(scene, ['--status'])).toMatchObject({ code: 0, stdout: '· nothing was ever restored here\n' });
  expect(await restore(scene, ['--back', '--resume'])).toMatchObject({ code: 1 });
  expect(await restore(scene, ['--resume'])).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('[restore_nothing_to_do]') as string,
  });
  const stop = (moment: string): void => {
    if (moment === 'wrote swapping') throw new Error('killed');
  };
  await expect(scene.restore({ context: { onMoment: stop } })).rejects.toThrow('killed');
  const offered = await restore(scene, []);
  expect(offered.code).toBe(3);
  expect(offered.stdout).toContain(`the restore of ${scene.bundle.id} is swapping: at work now, or interrupted`);
  expect(offered.stdout).toContain('npx plimsoll backup restore --resume');
  expect(await restore(scene, ['latest', '--yes'])).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('[restore_unfinished]') as string,
  });
  expect(await restore(scene, ['--resume'])).toMatchObject({ code: 0 });
}, 120_000);
