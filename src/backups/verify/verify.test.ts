import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as fc from 'fast-check';
import { expect, onTestFinished, test, vi } from 'vitest';
import { hasCode, silentLog, systemClock } from '../../base/index.ts';
import { sampleDumps, scratchFolder, writeSampleBundle } from '../../../test/testkit/index.ts';
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

type Files = ReadonlyMap<string, Buffer>;

interface Harm {
  readonly kind: string;
  readonly at: number;
  readonly bit: number;
}

/** One thing done to the files of a bundle: what they are then. */
const arbitraryHarm: fc.Arbitrary<Harm> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('flip'), at: fc.nat(), bit: fc.integer({ min: 0, max: 7 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('truncate'), at: fc.nat(), bit: fc.constant(0) }) },
  fc.record({
    kind: fc.constantFrom('append', 'remove', 'rename', 'exchange', 'extra'),
    at: fc.nat(),
    bit: fc.constant(0),
  }),
);

function harmed(files: Files, name: string, { kind, at, bit }: Harm): Files {
  const content = files.get(name) ?? Buffer.alloc(0);
  const place = at % content.length;
  const other = [...files.keys()][at % files.size] ?? name;
  const changed = new Map(files);
  if (kind === 'flip') {
    const copy = Buffer.from(content);
    copy.writeUInt8(copy.readUInt8(place) ^ (1 << bit), place);
    return changed.set(name, copy);
  }
  if (kind === 'truncate') return changed.set(name, content.subarray(0, place));
  if (kind === 'append') return changed.set(name, Buffer.concat([content, Buffer.from('\n')]));
  if (kind === 'extra') return changed.set(`${name}.1`, content);
  if (kind === 'exchange') return changed.set(name, files.get(other) ?? content).set(other, content);
  changed.delete(name);
  return kind === 'remove' ? changed : changed.set(`${name}.moved`, content);
}

function areSame(left: Files, right: Files): boolean {
  return left.size === right.size && [...left].every(([name, content]) => right.get(name)?.equals(content) === true);
}

test('whatever is changed in a bundle is found, to one bit of any of its files', async () => {
  const { bundle, target, id } = await setup();
  const names = (await readdir(bundle)).sort();
  expect(names).toHaveLength(6);
  const entries = names.map(async (name) => [name, await readFile(join(bundle, name))] as const);
  const whole: Files = new Map(await Promise.all(entries));
  const lay = async (files: Files): Promise<void> => {
    await rm(bundle, { recursive: true });
    await mkdir(bundle);
    for (const [name, content] of files) await writeFile(join(bundle, name), content);
  };
  const property = fc.asyncProperty(fc.constantFrom(...names), arbitraryHarm, async (name, harm) => {
    const changed = harmed(whole, name, harm);
    fc.pre(!areSame(whole, changed));
    await lay(changed);
    // Without its bundle.json it is no bundle any more, and is told as what is left of one.
    const found = await readChecksums(target, id, terms()).catch((error: unknown) => {
      if (hasCode(error, 'bundle_missing')) return { faults: ['no bundle'] };
      throw error;
    });
    expect(found.faults).not.toEqual([]);
  });
  await fc.assert(property, { numRuns: 120 });
  await lay(whole);
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
