import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import * as fc from 'fast-check';
import { expect, onTestFinished, test, vi } from 'vitest';
import { sampleDumps, scratchFolder, writeSampleBundle } from '../../../test/testkit/index.ts';
import { DirectoryTarget } from '../targets/index.ts';
import { openDownload, parseRange, planDownload } from './index.ts';
import { renderTarHeader } from './tar-header.ts';

// Each waits for the disk, many times.
vi.setConfig({ testTimeout: 60_000 });

const run = promisify(execFile);

async function setup() {
  const scratch = await scratchFolder();
  onTestFinished(() => scratch[Symbol.asyncDispose]());
  const retention = { last: 3, daily: 0, weekly: 0, monthly: 0 };
  const target = new DirectoryTarget({ name: 'local', root: join(scratch.path, 'backups'), retention });
  const bundle = await writeSampleBundle(scratch.path, {}, sampleDumps(700));
  await target.publish(bundle.folder, bundle.id, { onBytes: () => undefined, signal: AbortSignal.timeout(60_000) });
  const plan = planDownload(bundle.manifest);
  return { scratch: scratch.path, target, ...bundle, plan };
}

test('tar brings the bundle back, and sha256sum finds it whole', async () => {
  const { scratch, target, id, plan, folder } = await setup();
  const archive = await buffer(openDownload(target, id, plan));
  expect(archive).toHaveLength(plan.totalBytes);
  const path = join(scratch, plan.fileName);
  await writeFile(path, archive);
  await mkdir(join(scratch, 'out'));

  await run('tar', ['-xf', path, '-C', join(scratch, 'out')]);

  const out = join(scratch, 'out', id);
  const { stdout } = await run('sha256sum', ['-c', '--strict', 'SHA256SUMS'], { cwd: out });
  expect(stdout.match(/: OK$/gm)).toHaveLength(5);
  expect((await readdir(out)).sort()).toEqual((await readdir(folder)).sort());
  for (const name of await readdir(out))
    expect(await readFile(join(out, name))).toEqual(await readFile(join(folder, name)));
});

test('any range is that part of the whole, so that a download goes on where it broke', async () => {
  const { target, id, plan } = await setup();
  const whole = await buffer(openDownload(target, id, plan));
  const position = fc.nat(plan.totalBytes - 1);
  await fc.assert(
    fc.asyncProperty(position, position, async (one, other) => {
      const range = { start: Math.min(one, other), end: Math.max(one, other) };
      expect(await buffer(openDownload(target, id, plan, range))).toEqual(whole.subarray(range.start, range.end + 1));
    }),
  );
});

test('a file that became shorter breaks the download off', async () => {
  const { target, id, plan, scratch } = await setup();
  const dump = join(scratch, 'backups', 'bundles', id, 'jobs.dump.zst');
  await truncate(dump, 10);
  await expect(buffer(openDownload(target, id, plan))).rejects.toMatchObject({ code: 'bundle_file_damaged' });
});

test('a damaged bundle.json does not come along: the one its copy says does', async () => {
  const { target, id, plan } = await setup();
  const whole = await buffer(openDownload(target, id, plan));
  await target.put(`bundles/${id}/bundle.json`, Buffer.from('{'));

  expect(await buffer(openDownload(target, id, plan))).toEqual(whole);
});

test('the archive of another bundle has another etag, that of the same one the same', async () => {
  const [one, other] = [await setup(), await setup()];

  expect(planDownload(one.manifest).etag).toBe(one.plan.etag);
  expect(other.plan.etag).not.toBe(one.plan.etag);
});

test('tar reads the size of a file beyond 8 GiB', async () => {
  const { scratch } = await setup();
  const bytes = 9 * 2 ** 30 + 5;
  await writeFile(join(scratch, 'big.tar'), renderTarHeader({ path: 'x/big', bytes, modifiedAt: new Date(0) }));

  const listing = await run('tar', ['-tvf', join(scratch, 'big.tar')]).catch((error: { stdout: string }) => error);

  expect(listing.stdout).toContain(String(bytes));
});

test.for<[string | undefined, ReturnType<typeof parseRange>]>([
  [undefined, undefined],
  ['bytes=0-', { start: 0, end: 99 }],
  ['bytes=10-19', { start: 10, end: 19 }],
  ['bytes=90-200', { start: 90, end: 99 }],
  ['bytes=-10', { start: 90, end: 99 }],
  ['bytes=-500', { start: 0, end: 99 }],
  ['bytes=100-', 'unsatisfiable'],
  ['bytes=-0', 'unsatisfiable'],
  ['bytes=20-10', undefined],
  ['bytes=0-1,5-6', undefined],
  ['bytes=-', undefined],
  ['lines=1-2', undefined],
  ['bytes=1e3-', undefined],
])('of 100 bytes, the range %j is %j', ([header, range]) => {
  expect(parseRange(header, 100)).toEqual(range);
});
