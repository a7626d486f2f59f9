import { execFile } from 'node:child_process';
import { chmod, lstat, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test, vi } from 'vitest';
import { sampleDumps, scratchFolder, startChild, writeSampleBundle } from '../../../test/testkit/index.ts';
import { seeded } from '../../../test/testkit/seeded.ts';
import { systemClock } from '../../base/index.ts';
import { listBundles, writeBundleDocuments } from '../bundle/index.ts';
import { sweepTarget } from '../sweep.ts';
import type { TransferTerms } from '../types.ts';
import { readChecksums } from '../verify/read-files.ts';
import { realDisk, type Disk } from './disk.ts';
import { DirectoryTarget, recogniseTarget } from './index.ts';

// Each waits for the disk, many times.
vi.setConfig({ testTimeout: 180_000 });

const retention = { last: 3, daily: 0, weekly: 0, monthly: 0 };
const terms = (): TransferTerms => ({ onBytes: () => undefined, signal: AbortSignal.timeout(60_000) });

async function setup(disk: Disk = realDisk) {
  const scratch = await scratchFolder();
  onTestFinished(() => scratch[Symbol.asyncDispose]());
  const root = join(scratch.path, 'backups');
  const target = new DirectoryTarget({ name: 'local', root, retention, disk });
  const write = async (bytes = 50) => await writeSampleBundle(scratch.path, {}, sampleDumps(bytes));
  const ids = async () => (await listBundles(target)).bundles.map(({ manifest }) => manifest.id);
  return { scratch: scratch.path, root, target, write, ids };
}

async function modesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const modes = entries.map(async (entry) => {
    const { mode } = await lstat(join(entry.parentPath, entry.name));
    return `${entry.isDirectory() ? 'folder' : 'file'} ${(mode & 0o777).toString(8)}`;
  });
  return [...new Set(await Promise.all(modes))].sort();
}

test('folders are for the service alone, and files too, whatever they were before', async () => {
  const { root, target, write } = await setup();
  const { folder, id } = await write();
  await chmod(join(folder, 'jobs.dump.zst'), 0o666);
  await target.publish(folder, id, terms());
  await target.put('pins/a.json', Buffer.from('a'));

  expect(await modesBelow(root)).toEqual(['file 600', 'folder 700']);
});

test('on the same disk a bundle takes no room a second time', async () => {
  const { root, target, write } = await setup();
  const { folder, id } = await write();
  const work = await target.makeWorkFolder(id);
  await promisify(execFile)('cp', ['-a', `${folder}/.`, work]);
  await target.publish(work, id, terms());

  const inode = async (path: string) => (await lstat(path)).ino;
  expect(await inode(join(root, 'bundles', id, 'jobs.dump.zst'))).toBe(await inode(join(work, 'jobs.dump.zst')));
  expect(await target.freeBytes()).toBeGreaterThan(0);
});

/** A disk that has room for so many bytes, on another file system than the source, so that all is copied. */
function diskWithRoom(room: number): Disk {
  let left = room;
  return {
    link: async () => {
      await Promise.reject(Object.assign(new Error('cross-device link'), { code: 'EXDEV' }));
    },
    create: async (path) => {
      const file = await realDisk.create(path);
      return {
        ...file,
        write: async (chunk) => {
          await file.write(chunk.subarray(0, left));
          left -= chunk.length;
          if (left < 0) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
        },
      };
    },
  };
}

test('a disk that fills at any byte leaves nothing that looks whole, and the older bundles as they were', async () => {
  const { scratch, root, target, write, ids } = await setup();
  const older = await write();
  await target.publish(older.folder, older.id, terms());
  const next = await write();
  const names = await readdir(next.folder);
  const sizes = await Promise.all(names.map(async (name) => (await lstat(join(next.folder, name))).size));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  for (let room = 0; room < total; room += room < 60 ? 1 : 211) {
    const full = new DirectoryTarget({ name: 'local', root, retention, disk: diskWithRoom(room) });
    await expect(full.publish(next.folder, next.id, terms())).rejects.toMatchObject({ code: 'target_full' });
  }
  expect(await readdir(join(root, 'incoming'))).toEqual([]);
  expect(await ids()).toEqual([older.id]);
  expect(await readdir(scratch)).toContain('backups');

  const enough = new DirectoryTarget({ name: 'local', root, retention, disk: diskWithRoom(total) });
  await enough.publish(next.folder, next.id, terms());
  expect(await ids()).toContain(next.id);
});

test('a full disk leaves a record as it was', async () => {
  const { root, target } = await setup();
  await target.create();
  await target.put('pins/a.json', Buffer.from('before'));
  const full = new DirectoryTarget({ name: 'local', root, retention, disk: diskWithRoom(3) });

  await expect(full.put('pins/a.json', Buffer.from('after it'))).rejects.toMatchObject({ code: 'target_full' });

  expect(await readFile(join(root, 'pins', 'a.json'), 'utf8')).toBe('before');
  expect(await readdir(join(root, 'pins'))).toEqual(['a.json']);
});

test('a service that is killed at any moment of a publication leaves a whole bundle or none, and no litter', async () => {
  await using disk = await scratchFolder({ onDisk: true });
  await using memory = await scratchFolder();
  const target = new DirectoryTarget({ name: 'local', root: disk.path, retention });
  const random = seeded(11);
  for (let round = 0; round < 8; round += 1) {
    const { folder, id } = await writeSampleBundle(memory.path, {}, sampleDumps(1_000_000));
    await using child = startChild({ args: ['test/testkit/programs/publish.ts', disk.path, folder, id] });
    await child.line(/begins/);
    const until = performance.now() + random() * 40;
    while (performance.now() < until) await new Promise(setImmediate);
    await child.end('SIGKILL');

    await sweepTarget(target);

    const { bundles, broken } = await listBundles(target);
    expect(broken).toEqual([]);
    for (const { manifest } of bundles) {
      const { faults } = await readChecksums(target, manifest.id, terms());
      expect(faults).toEqual([]);
    }
    expect(await target.list('incoming/')).toEqual([]);
  }
});

async function isThere(path: string): Promise<boolean> {
  return await lstat(path).then(
    () => true,
    () => false,
  );
}

test('a sweep says what it removed, one sentence each', async () => {
  const { root, target, write } = await setup();
  const { folder, id } = await write();
  await target.publish(folder, id, terms());
  await rename(join(root, 'bundles', id), join(root, 'incoming', `${id}.0123abcd`));
  await target.makeWorkFolder('20261122T021000Z-00000000');

  expect(await sweepTarget(target)).toEqual([
    expect.stringMatching(new RegExp(`^Removed ${id}\\.0123abcd from local: .*\\.$`)),
    expect.stringMatching(/^Removed 20261122T021000Z-00000000 from local: .*\.$/),
  ]);
  expect(await sweepTarget(target)).toEqual([]);
});

test('links that somebody puts in the place of folders and files are not followed', async () => {
  const { scratch, root, target, write } = await setup();
  const { folder, id } = await write();
  await target.publish(folder, id, terms());
  const outside = join(scratch, 'outside');
  await mkdir(outside);
  await writeFile(join(outside, 'a.json'), 'secret');
  await symlink(outside, join(root, 'pins'));
  const unsafe = { code: 'target_object_unsafe' };

  await expect(target.read('pins/a.json')).rejects.toMatchObject(unsafe);
  await expect(target.put('pins/a.json', Buffer.from('x'))).rejects.toMatchObject(unsafe);
  await expect(target.remove('pins/a.json')).rejects.toMatchObject(unsafe);
  await rm(join(root, 'bundles', id, 'bundle.json'));
  await symlink(join(outside, 'a.json'), join(root, 'bundles', id, 'bundle.json'));
  await expect(target.read(`bundles/${id}/bundle.json`)).rejects.toMatchObject(unsafe);
  expect((await listBundles(target)).bundles.map(({ fault }) => fault?.code)).toEqual(['target_object_unsafe']);

  expect(await readFile(join(outside, 'a.json'), 'utf8')).toBe('secret');
});

test('a pipe in the place of a file holds nobody up', async () => {
  const { root, target, write } = await setup();
  const { folder, id } = await write();
  await target.publish(folder, id, terms());
  await rm(join(root, 'bundles', id, 'jobs.dump.zst'));
  await promisify(execFile)('mkfifo', [join(root, 'bundles', id, 'jobs.dump.zst')]);

  await expect(target.read(`bundles/${id}/jobs.dump.zst`)).rejects.toMatchObject({ code: 'target_object_unsafe' });
});

test('a folder to publish that holds a link is refused', async () => {
  const { target, write, ids } = await setup();
  const { folder, id } = await write();
  await rm(join(folder, 'jobs.dump.zst'));
  await symlink('/etc/hostname', join(folder, 'jobs.dump.zst'));

  await expect(target.publish(folder, id, terms())).rejects.toMatchObject({ code: 'target_object_unsafe' });
  expect(await ids()).toEqual([]);
});

test('a disk that is unplugged is unavailable, not empty; nothing is written in its place', async () => {
  const { root, target, write } = await setup();
  const guarded = await recogniseTarget(target, { deploymentId: 'deployment-one', known: false, clock: systemClock });
  const { folder, id } = await write();
  await guarded.publish(folder, id, terms());
  await rename(root, `${root}-unplugged`);
  const gone = { code: 'target_unavailable' };

  await expect(guarded.list('bundles/')).rejects.toMatchObject(gone);
  await expect(guarded.publish(folder, id, terms())).rejects.toMatchObject(gone);
  await expect(guarded.freeBytes()).rejects.toMatchObject(gone);
  expect(await isThere(root)).toBe(false);

  // What an unmounted disk leaves is the empty folder that it was mounted on.
  await mkdir(root);
  const empty = { code: 'target_unrecognised' };
  await expect(guarded.list('bundles/')).rejects.toMatchObject(empty);
  await expect(guarded.publish(folder, id, terms())).rejects.toMatchObject(empty);
  expect(await readdir(root)).toEqual([]);
});

test('a file where the folder of the bundles should be is unavailable', async () => {
  const { root, target } = await setup();
  await writeFile(root, '');

  await expect(target.list('bundles/')).rejects.toMatchObject({ code: 'target_unavailable' });
  await expect(target.put('pins/a.json', Buffer.from('a'))).rejects.toMatchObject({ code: 'target_unavailable' });
});

test('a bundle that is removed is never seen in part', async () => {
  const { root, target, write } = await setup();
  const { folder, id } = await write();
  const whole = (await readdir(folder)).length;
  for (let round = 0; round < 10; round += 1) {
    await target.publish(folder, id, terms());
    const removal = target.removeBundle(id);
    const seen = new Set<number>();
    let removed = false;
    void removal.then(() => (removed = true));
    await vi.waitFor(
      async () => {
        seen.add((await readdir(join(root, 'bundles', id)).catch(() => [])).length);
        expect(removed).toBe(true);
      },
      { interval: 0 },
    );
    expect([0, whole]).toEqual(expect.arrayContaining([...seen]));
  }
});

test('a work folder becomes a bundle without leaving the target', async () => {
  const { root, target, ids } = await setup();
  const other = await setup();
  const { folder, id, manifest } = await other.write();
  const work = await target.makeWorkFolder(id);
  for (const { file } of manifest.databases) await rename(join(folder, file.path), join(work, file.path));
  await writeBundleDocuments(work, manifest);
  await target.publish(work, id, terms());
  expect(await ids()).toEqual([id]);
  await rm(work, { recursive: true });

  expect(await ids()).toEqual([id]);
  expect((await readdir(root)).sort()).toEqual(['bundles', 'incoming']);
});
