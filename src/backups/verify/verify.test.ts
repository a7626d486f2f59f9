import { execFile } from 'node:child_process';
import { readdir, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test, vi } from 'vitest';
import { silentLog, systemClock } from '../../base/index.ts';
import { sampleDumps, scratchFolder, writeSampleBundle } from '../../../test/testkit/index.ts';
import { seeded } from '../../../test/testkit/seeded.ts';
import { openRecords } from '../records.ts';
import { DirectoryTarget } from '../targets/index.ts';
import type { TransferTerms } from '../types.ts';
import { readChecksums } from './read-files.ts';
import { standingOf } from './state.ts';
import { verifyChecksums } from './verify.ts';

// Each waits for the disk, many times.
vi.setConfig({ testTimeout: 60_000 });

const terms = (): TransferTerms => ({ onBytes: () => undefined, signal: AbortSignal.timeout(60_000) });

async function setup() {
  const scratch = await scratchFolder();
  onTestFinished(() => scratch[Symbol.asyncDispose]());
  const root = join(scratch.path, 'backups');
  const target = new DirectoryTarget({ name: 'local', root, retention: { last: 3, daily: 0, weekly: 0, monthly: 0 } });
  const { folder, id } = await writeSampleBundle(scratch.path, {}, sampleDumps(200));
  await target.publish(folder, id, terms());
  const records = openRecords(target, silentLog);
  const verify = (over: { terms?: TransferTerms; id?: string } = {}) =>
    verifyChecksums({ target, records, id, by: 'ada', clock: systemClock, terms: terms(), ...over });
  return { root, target, records, id, bundle: join(root, 'bundles', id), verify };
}

test('a bundle as it was written passes, and its ledger keeps the line', async () => {
  const { verify, records, id } = await setup();

  const verification = await verify();

  expect(verification).toMatchObject({ result: 'passed', method: 'checksums', target: 'local', by: 'ada' });
  expect(await records.verifications(id)).toEqual([verification]);
  expect(standingOf([verification]).state).toBe('verified');
});

test('a person checks the same bundle with sha256sum alone', async () => {
  const { bundle } = await setup();

  const { stdout } = await promisify(execFile)('sha256sum', ['-c', '--strict', 'SHA256SUMS'], { cwd: bundle });

  expect(stdout.trim().split('\n')).toHaveLength(5);
});

test('one flipped bit in any file of a bundle is found', async () => {
  const { bundle, target, id } = await setup();
  const random = seeded(4);
  const names = await readdir(bundle);
  expect(names).toHaveLength(6);
  for (const name of names) {
    const whole = await readFile(join(bundle, name));
    for (let round = 0; round < 25; round += 1) {
      const changed = Buffer.from(whole);
      const at = Math.floor(random() * changed.length);
      changed.writeUInt8(changed.readUInt8(at) ^ (1 << Math.floor(random() * 8)), at);
      await writeFile(join(bundle, name), changed);

      const { faults } = await readChecksums(target, id, terms());

      expect({ name, at, faults: faults.length }).not.toMatchObject({ faults: 0 });
    }
    await writeFile(join(bundle, name), whole);
  }
  expect((await readChecksums(target, id, terms())).faults).toEqual([]);
});

test.for<[string, (bundle: string) => Promise<void>, RegExp]>([
  ['a file that is missing', (bundle) => rm(join(bundle, 'jobs.dump.zst')), /jobs\.dump\.zst is missing/],
  ['a file that is cut off', (bundle) => truncate(join(bundle, 'jobs.dump.zst'), 10), /has 10 bytes, expected 200/],
  ['a file too many', (bundle) => writeFile(join(bundle, 'more.txt'), 'x'), /"more\.txt" does not belong/],
  ['a link to a file', (bundle) => swapForLink(bundle), /not a file but a link/],
  ['a missing SHA256SUMS', (bundle) => rm(join(bundle, 'SHA256SUMS')), /SHA256SUMS is missing/],
  ['a missing copy', (bundle) => rm(join(bundle, 'bundle.json.copy')), /bundle\.json\.copy is missing/],
])('%s fails', async ([, harm, message]) => {
  const { bundle, verify } = await setup();
  await harm(bundle);

  expect(await verify()).toMatchObject({ result: 'failed', message: expect.stringMatching(message) as string });
});

async function swapForLink(bundle: string): Promise<void> {
  await rename(join(bundle, 'jobs.dump.zst'), join(bundle, '..', '..', 'elsewhere'));
  await symlink('../../elsewhere', join(bundle, 'jobs.dump.zst'));
}

test('a renamed bundle fails, with the name it had', async () => {
  const { bundle, verify, id } = await setup();
  const other = `${id.slice(0, -8)}00000000`;
  await rename(bundle, join(bundle, '..', other));

  expect(await verify({ id: other })).toMatchObject({
    result: 'failed',
    message: expect.stringContaining(`holds the bundle ${id}`) as string,
  });
});

test('a target that is gone is could_not_check, which says nothing of the bundle', async () => {
  const { root, verify } = await setup();
  await rename(root, `${root}-unplugged`);

  const verification = await verify();

  expect(verification.result).toBe('could_not_check');
  expect(standingOf([verification]).state).toBe('completed');
  await expect(readdir(root)).rejects.toThrow('ENOENT');
});

test('a bundle that is not there is an error, and leaves no line behind', async () => {
  const { verify, root } = await setup();

  await expect(verify({ id: '20260101T000000Z-00000000' })).rejects.toMatchObject({ code: 'bundle_missing' });
  expect(await readdir(root)).not.toContain('ledger');
});

test('a cancelled verification rejects and leaves no line behind', async () => {
  const { verify, records, id } = await setup();
  const cancel = new AbortController();
  const cancelling = { onBytes: () => cancel.abort(new Error('enough')), signal: cancel.signal };

  await expect(verify({ terms: cancelling })).rejects.toThrow('enough');
  expect(await records.verifications(id)).toEqual([]);
});
