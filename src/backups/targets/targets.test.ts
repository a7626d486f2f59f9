import { randomBytes } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import { sampleDumps, scratchFolder, startS3Server, writeSampleBundle } from '../../../test/testkit/index.ts';
import { silentLog, systemClock } from '../../base/index.ts';
import { listBundles, readBundle } from '../bundle/index.ts';
import { holderOf, useIfPossible } from '../lock/index.ts';
import { openRecords } from '../records.ts';
import { applyRetention } from '../retention/index.ts';
import { sweepTarget } from '../sweep.ts';
import type { BackupTarget, TransferTerms } from '../types.ts';
import { verifyChecksums } from '../verify/index.ts';
import { DirectoryTarget, recogniseTarget, S3Target } from './index.ts';

const retention = { last: 2, daily: 0, weekly: 0, monthly: 0 };
const terms = (): TransferTerms => ({ onBytes: () => undefined, signal: AbortSignal.timeout(60_000) });

type MakeTarget = () => Promise<BackupTarget>;

const kinds: readonly (readonly [string, MakeTarget])[] = [
  [
    'a directory',
    async () => {
      const scratch = await scratchFolder();
      onTestFinished(() => scratch[Symbol.asyncDispose]());
      return new DirectoryTarget({ name: 'one', root: join(scratch.path, 'backups'), retention });
    },
  ],
  [
    'an S3-compatible store',
    async () => {
      const server = await startS3Server();
      onTestFinished(() => server[Symbol.asyncDispose]());
      // Parts as small as a store takes them, so that the larger sample file goes in two.
      return new S3Target({
        name: 'one',
        url: server.url,
        retention,
        partBytes: 5 << 20,
        retries: { attempts: 3, delayMs: 1 },
      });
    },
  ],
];

describe.each(kinds)('%s', { timeout: 60_000 }, (_kind, makeTarget) => {
  async function setup() {
    const target = await makeTarget();
    await target.create();
    const scratch = await scratchFolder();
    onTestFinished(() => scratch[Symbol.asyncDispose]());
    const write = async (createdAt = '2026-11-20T02:10:00.000Z', deploymentId = 'deployment-one') =>
      await writeSampleBundle(scratch.path, { createdAt, deploymentId }, sampleDumps(3_000));
    const ids = async () => (await listBundles(target)).bundles.map(({ manifest }) => manifest.id);
    return { target, write, ids, scratch: scratch.path, records: openRecords(target, silentLog) };
  }

  test('what is put is listed and read back, whole and in ranges', async () => {
    const { target } = await setup();
    const content = randomBytes(1000);
    await target.put('pins/a.json', content);
    await target.put('pins/b.json', Buffer.from('b'));
    await target.put('ledger/x/c.json', Buffer.from('c'));
    await target.put('pins/b.json', Buffer.from('bb'));

    expect((await target.list('pins/')).map(({ key, bytes, isRegular }) => [key, bytes, isRegular])).toEqual([
      ['pins/a.json', 1000, true],
      ['pins/b.json', 2, true],
    ]);
    expect((await target.list('')).map(({ key }) => key)).toEqual(['ledger/x/c.json', 'pins/a.json', 'pins/b.json']);
    expect(await buffer(await target.read('pins/a.json'))).toEqual(content);
    expect(await buffer(await target.read('pins/a.json', { start: 10, end: 19 }))).toEqual(content.subarray(10, 20));
    expect(await target.list('none/')).toEqual([]);
  });

  test('what is removed is gone; removing it again does nothing', async () => {
    const { target } = await setup();
    await target.put('pins/a.json', Buffer.from('a'));
    await target.remove('pins/a.json');
    await target.remove('pins/a.json');

    expect(await target.list('pins/')).toEqual([]);
    await expect(target.read('pins/a.json')).rejects.toMatchObject({ code: 'target_object_missing' });
  });

  test.for(['../a', 'bundles/../../a', '/etc/passwd', 'a//b', '.hidden', 'a/./b', 'a\\b', 'a\0b', ''])(
    'the key %j leads nowhere',
    async (key) => {
      const { target } = await setup();
      const unsafe = { code: 'target_object_unsafe' };
      await expect(target.read(key)).rejects.toMatchObject(unsafe);
      await expect(target.put(key, Buffer.from('x'))).rejects.toMatchObject(unsafe);
      await expect(target.remove(key)).rejects.toMatchObject(unsafe);
      await expect(target.removeBundle(key)).rejects.toMatchObject(unsafe);
      await expect(target.publish('/nowhere', key, terms())).rejects.toMatchObject(unsafe);
    },
  );

  test('a published bundle is listed and verified, and its files are as they were', async () => {
    const { target, write, ids, records } = await setup();
    const { folder, id, manifest } = await write();
    let sent = 0;
    await target.publish(folder, id, { ...terms(), onBytes: (bytes) => (sent += bytes) });

    expect(await ids()).toEqual([id]);
    expect(await readBundle(target, id)).toEqual({ manifest, fault: null });
    for (const name of await readdir(folder))
      expect(await buffer(await target.read(`bundles/${id}/${name}`))).toEqual(await readFile(join(folder, name)));
    const verification = await verifyChecksums({ target, records, id, by: 'ada', clock: systemClock, terms: terms() });
    expect(verification).toMatchObject({ result: 'passed' });
    expect(sent).toBe((await target.list(`bundles/${id}/`)).reduce((sum, object) => sum + object.bytes, 0));
    expect(await target.list('incoming/')).toEqual([]);
  });

  test('a file of several parts comes whole', async () => {
    const { target, scratch, records } = await setup();
    const dumps = { ...sampleDumps(100), results: randomBytes((11 << 20) + 5) };
    const { folder, id } = await writeSampleBundle(scratch, {}, dumps);
    await target.publish(folder, id, terms());

    const verification = await verifyChecksums({ target, records, id, by: 'ada', clock: systemClock, terms: terms() });
    expect(verification).toMatchObject({ result: 'passed' });
  });

  test('a bundle is never written over another of its id', async () => {
    const { target, write } = await setup();
    const { folder, id } = await write();
    await target.publish(folder, id, terms());

    await expect(target.publish(folder, id, terms())).rejects.toMatchObject({ code: 'target_bundle_exists' });
    expect((await listBundles(target)).bundles).toHaveLength(1);
  });

  test('cancelled at any file, nothing of the bundle is listed or left', async () => {
    const { target, write, ids } = await setup();
    const { folder, id } = await write();
    const files = (await readdir(folder)).length;
    for (let upTo = 1; upTo < files; upTo += 1) {
      const cancel = new AbortController();
      let seen = 0;
      const cancelling = {
        signal: cancel.signal,
        onBytes: () => {
          seen += 1;
          if (seen === upTo) cancel.abort(new Error('enough'));
        },
      };
      await expect(target.publish(folder, id, cancelling)).rejects.toThrow('enough');
      expect(await ids()).toEqual([]);
      expect(await target.list('')).toEqual([]);
    }
  });

  test('a removed bundle is gone at once and wholly', async () => {
    const { target, write } = await setup();
    const { folder, id } = await write();
    await target.publish(folder, id, terms());
    await target.removeBundle(id);
    await target.removeBundle(id);

    expect(await target.list('')).toEqual([]);
    await expect(readBundle(target, id)).rejects.toMatchObject({ code: 'bundle_missing' });
  });

  test('what only looks like a bundle is told apart, and harms no other', async () => {
    const { target, write } = await setup();
    const good = await write();
    await target.publish(good.folder, good.id, terms());
    await target.put('bundles/20260101T000000Z-00000000/jobs.dump', Buffer.from('x'));
    await target.put('bundles/20260101T000000Z-11111111/bundle.json', Buffer.from('{'));
    await target.put('bundles/holiday-photos/beach.jpg', Buffer.from('x'));

    const { bundles, broken } = await listBundles(target);

    expect(bundles.map(({ manifest }) => manifest.id)).toEqual([good.id]);
    expect(broken.map(({ name, error }) => [name, error.code])).toEqual([
      ['20260101T000000Z-00000000', 'bundle_incomplete'],
      ['20260101T000000Z-11111111', 'bundle_manifest_damaged'],
      ['holiday-photos', 'bundle_incomplete'],
    ]);
  });

  test('a damaged bundle.json is read from its copy, and verification says so', async () => {
    const { target, write, records } = await setup();
    const { folder, id, manifest } = await write();
    await target.publish(folder, id, terms());
    await target.put(`bundles/${id}/bundle.json`, Buffer.from('{"formatVersion":1'));

    const { bundles, broken } = await listBundles(target);
    expect(bundles.map((listed) => listed.manifest)).toEqual([manifest]);
    expect(broken).toMatchObject([{ name: id, error: { code: 'bundle_manifest_damaged' } }]);
    const { result, message } = await verifyChecksums({
      target,
      records,
      id,
      by: 'a',
      clock: systemClock,
      terms: terms(),
    });
    expect({ result, message }).toEqual({
      result: 'failed',
      message: expect.stringContaining('its copy was used') as string,
    });
  });

  test('lines of the ledger and pins are kept; a damaged line does not count, a damaged pin still pins', async () => {
    const { target, records } = await setup();
    const id = '20261120T021000Z-00000001';
    const line = (at: string) =>
      ({
        bundleId: id,
        target: 'one',
        at,
        method: 'checksums',
        result: 'passed',
        by: 'a',
        durationMs: 1,
        message: 'm',
      }) as const;
    await records.record(line('2026-11-20T03:00:00.000Z'));
    await records.record(line('2026-11-21T03:00:00.000Z'));
    await target.put(`ledger/${id}/20261122T030000000Z-checksums-00000000.json`, Buffer.from('{"bundleId'));
    await records.pin(id, { by: 'ada', at: '2026-11-20T03:00:00.000Z', note: 'before the move' });
    await target.put('pins/20261120T021000Z-00000002.json', Buffer.alloc(0));

    expect((await records.verifications(id)).map(({ at }) => at)).toEqual([
      '2026-11-21T03:00:00.000Z',
      '2026-11-20T03:00:00.000Z',
    ]);
    const pins = await records.pins();
    expect(pins.get(id)).toMatchObject({ by: 'ada' });
    expect(pins.get('20261120T021000Z-00000002')).toMatchObject({ by: 'unknown' });
    await records.unpin(id);
    expect((await records.pins()).has(id)).toBe(false);
  });

  test('retention removes what no rule keeps, with its ledger, passes over what is in use, and leaves other deployments alone', async () => {
    const { target, write, ids, records, scratch } = await setup();
    const written = [];
    for (const day of ['16', '17', '18', '19']) written.push(await write(`2026-11-${day}T02:10:00.000Z`));
    written.push(await write('2026-11-01T02:10:00.000Z', 'deployment-two'));
    for (const { folder, id } of written) await target.publish(folder, id, terms());
    const [oldest, second, third, newest, foreign] = written.map(({ id }) => id);
    await records.pin(oldest ?? '', { by: 'ada', at: '2026-11-20T03:00:00.000Z', note: '' });
    await verifyChecksums({ target, records, id: second ?? '', by: 'a', clock: systemClock, terms: terms() });

    const request = {
      target,
      records,
      folder: scratch,
      deploymentId: 'deployment-one',
      clock: systemClock,
      zone: 'UTC',
      signal: terms().signal,
    };
    const holder = holderOf('a download', 'ada', systemClock);
    const use = await useIfPossible(scratch, second ?? '', { holder, onUnlocked: () => undefined });
    expect(await applyRetention(request)).toEqual([]);
    expect(await ids()).toContain(second);
    await use?.[Symbol.asyncDispose]();
    expect(await applyRetention(request)).toEqual([second]);

    expect(await ids()).toEqual([newest, third, oldest, foreign]);
    expect(await target.list('ledger/')).toEqual([]);
    expect(await applyRetention(request)).toEqual([]);
  });

  test('a target gets a mark, is recognised by it, and is another deployment’s for others', async () => {
    const { target } = await setup();
    const terms = { deploymentId: 'deployment-one', clock: systemClock };
    await recogniseTarget(target, { ...terms, known: false });
    await recogniseTarget(target, { ...terms, known: true });

    const stranger = recogniseTarget(target, { ...terms, deploymentId: 'deployment-two', known: false });
    await expect(stranger).rejects.toMatchObject({ code: 'target_foreign' });
  });

  test('a target that lost its mark is neither listed nor written', async () => {
    const { target, write } = await setup();
    const guarded = await recogniseTarget(target, { deploymentId: 'deployment-one', clock: systemClock, known: false });
    const { folder, id } = await write();
    await guarded.publish(folder, id, terms());
    await target.remove('plimsoll-backups.json');

    const lost = { code: 'target_unrecognised' };
    await expect(guarded.list('bundles/')).rejects.toMatchObject(lost);
    await expect(guarded.publish(folder, id, terms())).rejects.toMatchObject(lost);
    await expect(guarded.put('pins/a.json', Buffer.from('a'))).rejects.toMatchObject(lost);
    const again = recogniseTarget(target, { deploymentId: 'deployment-one', clock: systemClock, known: true });
    await expect(again).rejects.toMatchObject(lost);
  });

  test('a sweep removes what belongs to bundles that are gone, and nothing of those that are there', async () => {
    const { target, write, ids, records } = await setup();
    const { folder, id } = await write();
    await target.publish(folder, id, terms());
    const gone = '20260101T000000Z-00000000';
    for (const each of [id, gone]) {
      await records.pin(each, { by: 'ada', at: '2026-11-20T03:00:00.000Z', note: '' });
      await target.put(`ledger/${each}/20261122T030000000Z-checksums-00000000.json`, Buffer.from('{}'));
    }

    const told = await sweepTarget(target);

    expect(told).toEqual([expect.stringContaining(gone) as string]);
    expect(await ids()).toEqual([id]);
    expect([...(await records.pins()).keys()]).toEqual([id]);
    expect((await target.list('ledger/')).map(({ key }) => key.split('/')[1])).toEqual([id]);
    expect(await sweepTarget(target)).toEqual([]);
  });

  test('a folder without bundle.json is published nowhere', async () => {
    const { target, write } = await setup();
    const { folder, id } = await write();
    await rm(join(folder, 'bundle.json'));
    await writeFile(join(folder, 'other.txt'), 'x');

    await expect(target.publish(folder, id, terms())).rejects.toThrow();
    expect(await target.list('')).toEqual([]);
  });
});
