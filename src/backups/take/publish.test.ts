import { join } from 'node:path';
import { readdir } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { randomBytes } from 'node:crypto';
import { expect, onTestFinished, test, vi } from 'vitest';
import { sampleDumps, scratchFolder, startS3Server, writeSampleBundle } from '../../../test/testkit/index.ts';
import { silentLog, systemClock } from '../../base/index.ts';
import { listBundles } from '../bundle/index.ts';
import { openPlaces } from '../places.ts';
import { S3Target } from '../targets/index.ts';
import { standingOf, verifyChecksums } from '../verify/index.ts';
import { publishCopy } from './publish.ts';

// Each waits for the disk, many times.
vi.setConfig({ testTimeout: 60_000 });

const retention = { last: 5, daily: 0, weekly: 0, monthly: 0 };

/** A store with one bundle that came well, and another that is to be brought there. */
async function setup(dumps = sampleDumps()) {
  const server = await startS3Server();
  onTestFinished(async () => await server[Symbol.asyncDispose]());
  const scratch = await scratchFolder();
  onTestFinished(async () => await scratch[Symbol.asyncDispose]());
  const target = new S3Target({
    name: 's3',
    url: server.url,
    retention,
    partBytes: 5 << 20,
    retries: { attempts: 2, delayMs: 1 },
  });
  const place = openPlaces({ path: join(scratch.path, 'places.json'), clock: systemClock, log: silentLog })(target);
  const terms = { onBytes: () => undefined, signal: AbortSignal.timeout(60_000) };
  const common = {
    backups: join(scratch.path, 'backups'),
    pin: null,
    by: 'ada',
    clock: systemClock,
    log: silentLog,
    zone: 'UTC',
    terms,
  };
  const bring = async ({ folder, manifest }: Awaited<ReturnType<typeof writeSampleBundle>>) =>
    await publishCopy(place, { folder, manifest, ...common });
  const older = await writeSampleBundle(scratch.path, { createdAt: '2026-11-20T02:10:00.000Z' });
  expect(await bring(older)).toMatchObject({ error: null });
  const next = await writeSampleBundle(scratch.path, { createdAt: '2026-11-21T02:10:00.000Z' }, dumps);
  const look = async () => {
    const { target: there, records } = await place.forReading();
    const { bundles, broken } = await listBundles(there);
    const standings = bundles.map(async ({ manifest: { id } }) => {
      return [id, standingOf(await records.verifications(id)).state] as const;
    });
    return { bundles: Object.fromEntries(await Promise.all(standings)), broken };
  };
  const isOlderWhole = async () => {
    const kept = await place.forReading();
    const { result } = await verifyChecksums({ ...kept, id: older.id, by: 'ada', clock: systemClock, terms });
    return result === 'passed';
  };
  return {
    server,
    older,
    next,
    look,
    isOlderWhole,
    bring: async () => await bring(next),
    again: async () => await bring(next),
  };
}

function refuse(response: ServerResponse, status: number, code: string): true {
  response.writeHead(status, { 'content-type': 'application/xml', connection: 'close' });
  response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>no</Message></Error>`);
  return true;
}

const isList = (url: string | undefined, id: string): boolean =>
  url?.includes(`prefix=site-a%2Fbundles%2F${id}`) === true;

test('a copy that the store confirms by its own checksums is there, and is not called verified: nobody read it', async () => {
  const { server, older, next, look, bring } = await setup();
  server.requests.length = 0;
  expect(await bring()).toMatchObject({ error: null });
  expect(server.requests.filter((line) => /^GET .*\.dump/.test(line))).toEqual([]);
  expect(await look()).toEqual({ bundles: { [next.id]: 'completed', [older.id]: 'completed' }, broken: [] });
});

test('a copy whose checksums the store counts in a way of its own is read back, and is verified then', async () => {
  // The store of these tests gives a file of several parts the MD5 of the whole, which is not how Amazon does it.
  const { next, look, bring } = await setup({ ...sampleDumps(), results: randomBytes((5 << 20) + 1) });
  expect(await bring()).toMatchObject({ error: null });
  expect((await look()).bundles).toMatchObject({ [next.id]: 'verified' });
});

test('a store that has less than it took is named, and nothing of the copy is left', async () => {
  const { server, older, next, look, bring, again, isOlderWhole } = await setup();
  let listed = 0;
  server.interfere((request, response) => {
    if (request.method !== 'GET' || !isList(request.url, next.id)) return false;
    listed += 1;
    // The first one is whether the bundle is there already, later ones what is to be removed.
    if (listed !== 2) return false;
    const contents = next.manifest.databases.map(
      ({ file }) =>
        `<Contents><Key>site-a/bundles/${next.id}/${file.path}</Key><Size>${file.bytes}</Size>
         <LastModified>2026-11-21T02:10:00.000Z</LastModified><ETag>&quot;x&quot;</ETag></Contents>`,
    );
    response.end(
      `<?xml version="1.0"?><ListBucketResult><Name>bundles</Name><IsTruncated>false</IsTruncated>${contents.join('')}</ListBucketResult>`,
    );
    return true;
  });
  expect(await bring()).toMatchObject({
    error: { code: 'target_object_differs', message: expect.stringContaining('and does not have it') as string },
  });
  server.interfere(undefined);
  expect((await look()).bundles).toEqual({ [older.id]: 'completed' });
  expect(await isOlderWhole()).toBe(true);
  expect(await again()).toMatchObject({ error: null });
});

test('a store that hands out less than it says it has is found when the copy is read back', async () => {
  const { server, older, next, look, bring, isOlderWhole } = await setup({
    ...sampleDumps(),
    results: randomBytes((5 << 20) + 1),
  });
  server.interfere((request, response) => {
    if (request.method !== 'GET' || request.url?.endsWith('/results.dump.zst') !== true) return false;
    response.end(randomBytes(1000));
    return true;
  });
  expect(await bring()).toMatchObject({
    error: {
      code: 'backup_not_whole',
      message: expect.stringContaining('results.dump.zst is not as it was written') as string,
    },
  });
  server.interfere(undefined);
  expect((await look()).bundles).not.toHaveProperty(next.id);
  expect(Object.keys((await look()).bundles)).toEqual([older.id]);
  expect(await isOlderWhole()).toBe(true);
});

test.each([
  ['goes away', 'target_unavailable', /cannot be used/],
  ['finds the credential expired', 'target_refused', /credentials have expired/],
] as const)(
  'a store that %s in the middle of a copy is named; older bundles stay, and the next try brings it',
  async (what, code, message) => {
    const { server, older, next, look, again, bring, isOlderWhole } = await setup();
    let uploads = 0;
    server.interfere((request, response) => {
      if (request.method === 'PUT' && request.url?.includes(next.id) === true) uploads += 1;
      if (uploads < 3) return false;
      if (what !== 'goes away') return refuse(response, 400, 'ExpiredToken');
      request.socket.destroy();
      return true;
    });
    expect(await bring()).toMatchObject({ error: { code, message: expect.stringMatching(message) as string } });
    server.interfere(undefined);
    // What could not be removed has the mark of what is unfinished, and is no bundle.
    expect(await look()).toEqual({ bundles: { [older.id]: 'completed' }, broken: [] });
    expect(await isOlderWhole()).toBe(true);
    expect(await again()).toMatchObject({ error: null });
    expect(Object.keys((await look()).bundles)).toHaveLength(2);
    expect(await readdir(next.folder)).toHaveLength(6);
  },
);
