import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { inspect } from 'node:util';
import { hash, randomBytes } from 'node:crypto';
import { expect, onTestFinished, test, vi } from 'vitest';
import { sampleDumps, scratchFolder, startS3Server, writeSampleBundle } from '../../../../test/testkit/index.ts';
import { Secret, silentLog, systemClock, type AppError } from '../../../base/index.ts';
import { listBundles } from '../../bundle/index.ts';
import { openRecords } from '../../records.ts';
import { sweepTarget } from '../../sweep.ts';
import type { TransferTerms } from '../../types.ts';
import { verifyChecksums } from '../../verify/index.ts';
import { S3Target } from '../index.ts';
import { parseS3Url } from './url.ts';

// Each waits for the disk, many times.
vi.setConfig({ testTimeout: 60_000 });

const retention = { last: 3, daily: 0, weekly: 0, monthly: 0 };
const terms = (): TransferTerms => ({ onBytes: () => undefined, signal: AbortSignal.timeout(60_000) });

async function setup() {
  const server = await startS3Server();
  onTestFinished(() => server[Symbol.asyncDispose]());
  const scratch = await scratchFolder();
  onTestFinished(() => scratch[Symbol.asyncDispose]());
  const open = (url = server.url, attempts = 3) =>
    new S3Target({ name: 's3', url, retention, partBytes: 5 << 20, retries: { attempts, delayMs: 1 } });
  const target = open();
  const verify = async (id: string) =>
    await verifyChecksums({
      target,
      records: openRecords(target, silentLog),
      id,
      by: 'ada',
      clock: systemClock,
      terms: terms(),
    });
  return { server, target, open, verify, scratch: scratch.path };
}

/** An answer as S3 words its errors. */
function refuse(response: ServerResponse, status: number, code: string): true {
  response.writeHead(status, { 'content-type': 'application/xml', connection: 'close' });
  response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>the secret is TOPSECRET</Message></Error>`);
  return true;
}

test.for<[number, string, string, RegExp]>([
  [400, 'ExpiredToken', 'target_refused', /credentials have expired/],
  [403, 'InvalidAccessKeyId', 'target_refused', /access key is not known/],
  [403, 'SignatureDoesNotMatch', 'target_refused', /secret does not belong/],
  [403, 'AccessDenied', 'target_refused', /lacks a right/],
  [403, 'RequestTimeTooSkewed', 'target_clock_skewed', /clock of this machine/],
  [404, 'NoSuchBucket', 'target_unavailable', /bucket does not exist/],
  [507, 'InsufficientStorage', 'target_full', /no room left/],
  [500, 'InternalError', 'target_unavailable', /500 InternalError/],
  [418, 'I am <a> teapot', 'target_unavailable', /answers 418/],
])('the answer %d %s is named %s', async ([status, answer, code, message]) => {
  const { server, target } = await setup();
  server.interfere((_, response) => refuse(response, status, answer));

  const failure: unknown = await target.list('bundles/').catch((error: unknown) => error);

  expect(failure).toMatchObject({ code, message: expect.stringMatching(message) as string });
  expect((failure as AppError).message + (failure as AppError).hint).not.toContain('TOPSECRET');
});

test('a wrong secret is refused by the server itself', async () => {
  const { server, open } = await setup();
  const wrong = open(new Secret(server.url.reveal().replace(':S3RVER@', ':other@')));

  await expect(wrong.put('pins/a.json', Buffer.from('a'))).rejects.toMatchObject({
    code: 'target_refused',
    message: expect.stringContaining('secret does not belong') as string,
  });
});

test('a bucket that does not exist and a server that does not answer are unavailable', async () => {
  const { server, open } = await setup();
  const elsewhere = open(new Secret(server.url.reveal().replace('/bundles/', '/others/')));
  await expect(elsewhere.list('bundles/')).rejects.toMatchObject({ code: 'target_unavailable' });
  const nobody = open(new Secret(`http://KEY:TOPSECRET@127.0.0.1:${await closedPort()}/bundles`));
  const failure: unknown = await nobody.list('bundles/').catch((error: unknown) => error);
  expect(failure).toMatchObject({
    code: 'target_unavailable',
    message: expect.stringContaining('ECONNREFUSED') as string,
  });
  expect(inspect(failure, { depth: 10 })).not.toContain('TOPSECRET');
});

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

test('no secret is in what a target shows of itself', async () => {
  const { server, open } = await setup();
  const target = open(new Secret(server.url.reveal().replace(':S3RVER@', ':TOPSECRET@')));
  expect(
    `${inspect(target, { depth: 10, showHidden: true })}${JSON.stringify(target)}${target.location}`,
  ).not.toContain('TOPSECRET');
  expect(target.location).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/bundles\/site-a$/);
});

test('what passes by itself is tried again: a busy store, a cut line', async () => {
  const { server, target } = await setup();
  let failures = 0;
  server.interfere((request, response) => {
    if (request.method !== 'PUT' || failures >= 2) return false;
    failures += 1;
    if (failures === 1) return refuse(response, 503, 'SlowDown');
    request.socket.destroy();
    return true;
  });

  await target.put('pins/a.json', Buffer.from('a'));

  expect(failures).toBe(2);
  expect((await buffer(await target.read('pins/a.json'))).toString()).toBe('a');
});

test('what does not pass by itself is not tried again', async () => {
  const { server, target } = await setup();
  server.interfere((_, response) => refuse(response, 403, 'AccessDenied'));
  await target.put('pins/a.json', Buffer.from('a')).catch(() => undefined);
  expect(server.requests).toHaveLength(1);
});

test('a download whose line is cut goes on where it broke', async () => {
  const { server, target } = await setup();
  const content = randomBytes(3_000_000);
  await target.put('pins/big.json', content);
  const etag = `"${hash('md5', content)}"`;
  let cuts = 0;
  server.interfere((request, response) => {
    if (request.method !== 'GET' || cuts >= 2) return false;
    cuts += 1;
    const from = Number(/bytes=(\d+)-/.exec(String(request.headers.range))?.[1] ?? 0);
    response.writeHead(200, { 'content-length': String(content.length - from), etag });
    response.write(content.subarray(from, from + 1_000_000), () => setImmediate(() => response.destroy()));
    return true;
  });

  const read = await buffer(await target.read('pins/big.json'));

  expect(cuts).toBe(2);
  expect(read.equals(content)).toBe(true);
});

test('a failure at any request of a publication leaves no bundle; the next start clears what is left', async () => {
  const { server, target, scratch, verify } = await setup();
  const dumps = { ...sampleDumps(100), results: randomBytes((5 << 20) + 1) };
  const { folder, id } = await writeSampleBundle(scratch, {}, dumps);
  server.requests.length = 0;
  await target.publish(folder, id, terms());
  const requests = server.requests.length;
  await target.removeBundle(id);

  for (let upTo = 1; upTo <= requests; upTo += 1) {
    let seen = 0;
    // From one request on nothing gets through any more, as after a SIGKILL.
    server.interfere((request) => {
      seen += 1;
      if (seen < upTo) return false;
      request.socket.destroy();
      return true;
    });
    await expect(target.publish(folder, id, terms())).rejects.toMatchObject({ code: 'target_unavailable' });
    server.interfere(undefined);

    const { bundles, broken } = await listBundles(target);
    expect({ upTo, bundles: bundles.length, broken }).toEqual({ upTo, bundles: 0, broken: [] });

    await sweepTarget(target);
    const left = await listBundles(target);
    expect(left.broken).toEqual([]);
    expect(await target.list('incoming/')).toEqual([]);
    if (left.bundles.length > 0) {
      expect((await verify(id)).result).toBe('passed');
      await target.removeBundle(id);
      await sweepTarget(target);
    }
    expect(await target.list('')).toEqual([]);
  }
});

test('parts of an upload that nobody finished are aborted at the next start', async () => {
  const { server, target, scratch } = await setup();
  const dumps = { ...sampleDumps(100), results: randomBytes((5 << 20) + 1) };
  const { folder, id } = await writeSampleBundle(scratch, {}, dumps);
  const uploadId = () => server.requests.map((line) => /uploadId=([^&]+)/.exec(line)?.[1]).find(Boolean) ?? '';
  server.interfere((request) => {
    if (uploadId() !== '') request.socket.destroy();
    return uploadId() !== '';
  });
  await target.publish(folder, id, terms()).catch(() => undefined);
  const unfinished = uploadId();
  // This server keeps no list of its uploads and aborts none; in its place, the answers of S3.
  server.interfere((request, response) => {
    if (request.method === 'DELETE' && request.url?.includes('uploadId=')) response.writeHead(204).end();
    else if (request.method !== 'GET' || !request.url?.includes('uploads=')) return false;
    else
      response.end(
        `<?xml version="1.0"?><ListMultipartUploadsResult><Bucket>bundles</Bucket>
       <Upload><Key>site-a/bundles/${id}/results.dump.zst</Key><UploadId>${unfinished}</UploadId></Upload>
       <Upload><Key>site-b/bundles/x</Key><UploadId>other</UploadId></Upload></ListMultipartUploadsResult>`,
      );
    return true;
  });
  server.requests.length = 0;

  expect(await sweepTarget(target)).toEqual([
    expect.stringMatching(/^Removed .* from s3: it was being written or removed when the service was stopped\.$/),
    'Aborted 1 unfinished upload to s3 from when the service was stopped.',
  ]);

  const path = `DELETE /bundles/site-a/bundles/${id}/results.dump.zst?uploadId=`;
  expect(server.requests.filter((line) => line.includes('uploadId='))).toEqual([`${path}${unfinished}`]);
  expect(await target.list('')).toEqual([]);
});

test('a store that says 200 and then that it failed has not put the upload together', async () => {
  const { server, target, scratch } = await setup();
  const dumps = { ...sampleDumps(100), results: randomBytes((5 << 20) + 1) };
  const { folder, id } = await writeSampleBundle(scratch, {}, dumps);
  server.interfere((request, response) => {
    const completes = request.method === 'POST' && request.url?.includes('uploadId=') === true;
    return completes && refuse(response, 200, 'InternalError');
  });

  await expect(target.publish(folder, id, terms())).rejects.toMatchObject({ code: 'target_unavailable' });
  expect((await listBundles(target)).bundles).toEqual([]);
});

test('a line of the ledger is asked for once', async () => {
  const { server, target } = await setup();
  const id = '20261120T021000Z-00000001';
  const records = openRecords(target, silentLog);
  const line = { bundleId: id, target: 's3', method: 'checksums', result: 'passed', by: 'a', durationMs: 1 } as const;
  await records.record({ ...line, at: '2026-11-20T03:00:00.000Z', message: 'first' });
  const first = await records.verifications(id);
  await records.record({ ...line, at: '2026-11-21T03:00:00.000Z', message: 'second' });
  server.requests.length = 0;

  expect(await records.verifications(id)).toEqual([expect.objectContaining({ message: 'second' }), ...first]);

  expect(server.requests.filter((request) => request.startsWith('GET /bundles/site-a/ledger/'))).toHaveLength(1);
});

test('another deployment’s prefix in the same bucket is not seen', async () => {
  const { server, target, open } = await setup();
  const other = open(new Secret(server.url.reveal().replace('/site-a', '/site-b')));
  await other.put('pins/a.json', Buffer.from('a'));
  await target.put('pins/b.json', Buffer.from('b'));

  expect((await target.list('')).map(({ key }) => key)).toEqual(['pins/b.json']);
});

test('the address is read in its parts', () => {
  const place = parseS3Url(
    new Secret('https://AKIA:se%2Fcr%2Bet@s3.example.org:9000/backups/prod/eu?region=eu-central-1'),
  );
  expect(place).toMatchObject({
    endpoint: 'https://s3.example.org:9000/backups',
    prefix: 'prod/eu/',
    region: 'eu-central-1',
    location: 'https://s3.example.org:9000/backups/prod/eu',
  });
  expect(place.secretAccessKey.reveal()).toBe('se/cr+et');
});

test.for([
  ['backups', /not an http/],
  ['s3://KEY:TOPSECRET@host/bucket', /not an http/],
  ['https://host/bucket', /lacks the access key/],
  ['https://KEY@host/bucket', /lacks the access key/],
  ['https://KEY:TOPSECRET@host', /names no bucket/],
  ['https://KEY:TOPSECRET@host/bucket/../x?zone=1', /"zone" is not known/],
  ['https://KEY:TOPSECRET@host/bucket/a%20b', /letters, digits/],
  ['https://KEY:TOPSECRET%@host/bucket', /% that is not written %25/],
] as const)('the address %s is refused without a word of its secret', ([text, message]) => {
  let failure: unknown;
  try {
    parseS3Url(new Secret(text));
  } catch (error) {
    failure = error;
  }
  expect(failure).toMatchObject({ code: 'target_url_invalid', message: expect.stringMatching(message) as string });
  expect(inspect(failure, { depth: 10 })).not.toContain('TOPSECRET');
});
