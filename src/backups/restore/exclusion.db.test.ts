import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testEngines, testTarget } from '../../../test/testkit/index.ts';
import { restoreScene, type RestoreScene } from '../../../test/testkit/restore-scene.ts';
import { silentLog, systemClock } from '../../base/index.ts';
import { claimBundle, lockForTaking } from '../lock/index.ts';
import { openPlaces } from '../places.ts';
import { urlOfDatabase } from '../reload/server.ts';
import { takeBundle } from '../take/index.ts';
import { verifyCopies } from '../verify/index.ts';
import { previewRestore, resumeRestore, undoRestore } from './restore.ts';

/** Takes a bundle of the scene's databases into a folder, as a replica with a folder of its own does. */
async function take(scene: RestoreScene, root: string): Promise<unknown> {
  const place = openPlaces({ path: `${root}.places.json`, clock: systemClock, log: silentLog });
  const deps = {
    urls: scene.databases.urls('readonly'),
    findEngines: testEngines,
    home: place(testTarget(root)),
    others: [],
    recipients: [],
    app: { version: '1.0.0', imageSha: 'unknown' },
    leaseLatencyLimitMs: 0,
    zone: 'UTC',
    clock: systemClock,
    log: silentLog,
  };
  return await takeBundle(deps, {
    by: 'bob',
    reason: 'manual',
    pinNote: null,
    previous: undefined,
    observer: { phase: () => undefined, named: () => undefined, databases: () => undefined },
    signal: new AbortController().signal,
  }).catch((error: unknown) => error);
}

/** Restores, and does something else in the midst of it. */
async function restoreWhile(scene: RestoreScene, meanwhile: () => Promise<void>): Promise<void> {
  const { engines } = scene.request();
  let isFirst = true;
  await scene.restore({
    request: {
      engines: {
        ...engines,
        load: async (request) => {
          if (isFirst) await meanwhile();
          isFirst = false;
          await engines.load(request);
        },
      },
    },
  });
}

test('in the midst of a restore a taking, a second restore and the deletion of its bundle are refused by name', async () => {
  await using scene = await restoreScene();
  const replica = join(scene.root, '..', 'replica');
  const found: unknown[] = [];
  await restoreWhile(scene, async () => {
    found.push(await take(scene, scene.root), await take(scene, replica));
    found.push(await scene.restore().catch((error: unknown) => error));
    // One that shares the databases and not the folder with its journals.
    const context = { folder: replica, journals: { ...scene.context().journals, folder: join(replica, 'restores') } };
    const journals = { ...context.journals, list: async () => await Promise.resolve([]) };
    found.push(await scene.restore({ context: { ...context, journals } }).catch((error: unknown) => error));
    found.push(await claimBundle(scene.root, scene.bundle.id).catch((error: unknown) => error));
  });
  expect(found).toMatchObject([
    { code: 'backup_busy', message: expect.stringMatching(/^a restore is at work on the databases: /) as string },
    { code: 'backup_busy', message: expect.stringMatching(/^a restore is at work on the databases: /) as string },
    { code: 'restore_running', message: expect.stringContaining('restoring a bundle by ada since ') as string },
    { code: 'restore_running', message: expect.stringMatching(/at work on \w+_config/) as string },
    { code: 'bundle_in_use', httpStatus: 409, message: expect.stringContaining('restoring a bundle by ada') as string },
  ]);
  expect(await scene.counts()).toEqual({ users: 5, scanners: 20, scans: 1, results: 11 });
  await (await claimBundle(scene.root, scene.bundle.id))[Symbol.asyncDispose]();
});

test('while a bundle is taken a restore is refused by name, and beside a verification it goes on', async () => {
  await using scene = await restoreScene();
  const terms = { configUrl: scene.databases.urls('readonly').config, by: 'bob', clock: systemClock };
  {
    await using _ = await lockForTaking({
      ...terms,
      folder: join(scene.root, '..', 'replica'),
      work: 'taking a bundle',
    });
    await expect(scene.restore()).rejects.toMatchObject({
      code: 'backup_busy',
      exitCode: 3,
      message: expect.stringMatching(/^a bundle is being taken of the databases: .*taking a bundle by bob/) as string,
    });
    expect(await scene.sideDatabases()).toEqual([]);
    expect((await previewRestore(scene.context(), scene.request())).refusals).toEqual([]);
  }
  const place = openPlaces({ path: join(scene.root, '..', 'places.json'), clock: systemClock, log: silentLog });
  const verification = {
    places: [place(scene.target)],
    id: scene.bundle.id,
    by: 'bob',
    clock: systemClock,
    observer: { phase: () => undefined, bytes: () => undefined },
    signal: new AbortController().signal,
  };
  const unlocked: string[] = [];
  const onUnlocked = ({ code }: { readonly code: string }) => void unlocked.push(code);
  const lock = { folder: scene.root, configUrl: terms.configUrl, onUnlocked };
  const onBegun = async (): Promise<void> => {
    const second = verifyCopies({ ...verification, lock });
    await expect(second).rejects.toMatchObject({
      code: 'backup_busy',
      message: expect.stringContaining('verifying a bundle by bob') as string,
    });
    expect(await take(scene, join(scene.root, '..', 'replica'))).toMatchObject({
      code: 'backup_busy',
      message: expect.stringMatching(/config database is held by .*verifying a bundle by bob/) as string,
    });
    expect((await scene.restore()).journal.state).toBe('done');
  };
  expect(await verifyCopies({ ...verification, lock, onBegun })).toMatchObject([{ result: 'passed' }]);
  expect(unlocked).toEqual([]);
});

test('a bundle is verified while the config database is gone and the folder cannot be locked, and that is told', async () => {
  await using scene = await restoreScene();
  await rm(join(scene.root, 'lock'), { force: true });
  await cp(join(scene.root, 'bundles'), join(scene.root, 'lock'), { recursive: true });
  const { config } = scene.databases.urls('readonly');
  const unlocked: string[] = [];
  const [verification] = await verifyCopies({
    places: [openPlaces({ path: join(scene.root, 'p.json'), clock: systemClock, log: silentLog })(scene.target)],
    id: scene.bundle.id,
    by: 'bob',
    clock: systemClock,
    observer: { phase: () => undefined, bytes: () => undefined },
    signal: new AbortController().signal,
    lock: {
      folder: scene.root,
      configUrl: urlOfDatabase(config, 'gone_for_good'),
      onUnlocked: ({ code }) => void unlocked.push(code),
    },
  });
  expect(verification).toMatchObject({ result: 'passed' });
  expect(unlocked).toEqual(['backup_folder_unusable', 'database_missing']);
});

test('after a restore that was killed half-way no bundle is taken, on no host, until it is at its end', async () => {
  await using scene = await restoreScene();
  const onMoment = (moment: string): void => {
    if (moment.startsWith('exchanged')) throw new Error('killed');
  };
  await expect(scene.restore({ context: { onMoment } })).rejects.toThrow('killed');
  const replica = join(scene.root, '..', 'replica');
  expect(await take(scene, replica)).toMatchObject({
    code: 'backup_restore_unfinished',
    exitCode: 3,
    message: expect.stringMatching(/^the restore \d{14}, begun .* by ada, is not at its end/) as string,
    hint: expect.stringContaining('plimsoll backup restore --resume') as string,
  });
  // Where the database takes no record, the journal tells.
  await scene.databases.config.query('owner', "delete from settings where key = 'deployment.maintenance'");
  expect(await take(scene, scene.root)).toMatchObject({ code: 'backup_restore_unfinished' });
  // Two who both saw it interrupted: the second finds it done, and undoes nothing of that.
  const { journals } = scene.context();
  let isFirst = true;
  const list: typeof journals.list = async () => {
    const seen = await journals.list();
    if (isFirst) {
      isFirst = false;
      await undoRestore(scene.context());
    }
    return seen;
  };
  await expect(
    resumeRestore(scene.context({ journals: { ...journals, list } }), scene.request()),
  ).rejects.toMatchObject({ code: 'restore_nothing_to_do' });
  expect(await journals.list()).toMatchObject([{ state: 'returned' }]);
  expect(await take(scene, replica)).toMatchObject({ manifest: { takenBy: 'bob' } });
});

test('a restore is not gone on with from another bundle that lies where its own did', async () => {
  await using scene = await restoreScene();
  const path = join(scene.root, '..', scene.bundle.id);
  await cp(join(scene.root, 'bundles', scene.bundle.id), path, { recursive: true });
  const onMoment = (moment: string): void => {
    if (moment === 'wrote preparing') throw new Error('killed');
  };
  await expect(scene.restore({ request: { bundle: path }, context: { onMoment } })).rejects.toThrow('killed');
  const [journal] = await scene.context().journals.list();
  await using other = await restoreScene();
  const target = join(scene.root, '..', other.bundle.id);
  await cp(join(other.root, 'bundles', other.bundle.id), target, { recursive: true });
  await scene.context().journals.write({ ...(journal ?? never()), bundleFrom: target });
  await expect(resumeRestore(scene.context(), scene.request())).rejects.toMatchObject({
    code: 'restore_bundle_changed',
    exitCode: 3,
    message: expect.stringContaining(`begun with ${scene.bundle.id}`) as string,
  });
});

function never(): never {
  throw new Error('there is no journal');
}
