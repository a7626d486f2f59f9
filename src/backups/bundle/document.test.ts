import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { sampleManifest, scratchFolder } from '../../../test/testkit/index.ts';
import { AppError } from '../../base/index.ts';
import type { BundleManifest } from '../../contract/index.ts';
import { parseDocument, renderDocument } from './document.ts';
import { makeBundleId } from './id.ts';

const run = promisify(execFile);
const sample = sampleManifest();

function parse(text: string | Buffer): BundleManifest | AppError {
  return parseDocument(Buffer.from(text), 'bundle.json');
}

/** The code and the message of the fault. */
function faultOf(text: string | Buffer): { code: string; message: string } {
  const outcome = parse(text);
  if (!(outcome instanceof AppError)) throw new Error('the document was taken for a whole one');
  expect(outcome.hint).not.toBe('');
  expect(outcome.message.length).toBeLessThan(1500);
  return { code: outcome.code, message: outcome.message };
}

/** A document whose checksum fits, whatever it says. */
function forged(change: Partial<Record<keyof BundleManifest, unknown>>): string {
  return renderDocument({ ...sample, ...change } as BundleManifest);
}

test('what is written is read back', () => {
  expect(parse(renderDocument(sample))).toEqual(sample);
});

test('one changed bit anywhere is found', { timeout: 60_000 }, () => {
  const whole = Buffer.from(renderDocument(sample));
  for (let bit = 0; bit < whole.length * 8; bit += 1) {
    const changed = Buffer.from(whole);
    const at = Math.floor(bit / 8);
    changed.writeUInt8(changed.readUInt8(at) ^ (1 << (bit % 8)), at);
    if (!(parseDocument(changed, 'bundle.json') instanceof AppError)) expect.fail(`bit ${bit} was not found`);
  }
});

test.for<[string, string | Buffer]>([
  ['nothing', ''],
  ['a piece of it', renderDocument(sample).slice(0, 500)],
  ['no UTF-8', Buffer.from([0x7b, 0xff, 0xfe])],
  ['nesting without end', '['.repeat(4_000_000)],
  ['another format of the same', JSON.stringify(JSON.parse(renderDocument(sample)))],
  ['a line feed too many', `${renderDocument(sample)}\n`],
  ['a name given twice', renderDocument(sample).replace('{', '{\n  "formatVersion": 1,')],
])('%s is damaged', ([, text]) => {
  expect(faultOf(text).code).toBe('bundle_manifest_damaged');
});

test.for<[string, string, RegExp]>([
  ['deep JSON', `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, /formatVersion: Invalid input/],
  ['a list', '[]', /expected object, received array/],
  ['null', 'null', /expected object, received null/],
  ['a word', '"bundle"', /expected object, received string/],
  ['no fields', '{}', /formatVersion/],
  ['an unknown field', forged({ ['more' as 'id']: 1 }), /Unrecognized key: "more"/],
  ['a prototype for a field', renderDocument(sample).replace('"id"', '"__proto__"'), /__proto__|id:/],
  ['a number for a text', forged({ takenBy: 7 }), /takenBy: .*expected string/],
  ['a negative count', forged({ skewMs: -1 }), /skewMs/],
  ['an id with a path', forged({ id: '../../etc/passwd' }), /^.*id: /],
  ['no databases', forged({ databases: [] }), /databases/],
  [
    'a database twice',
    forged({ databases: [sample.databases[0], sample.databases[0], sample.databases[2]] }),
    /databases: /,
  ],
  ['files that leave the folder', forged({ databases: withPath('../jobs.dump') }), /databases\.\d\.file\.path/],
  ['files by an absolute path', forged({ databases: withPath('/etc/passwd') }), /databases\.\d\.file\.path/],
  ['one file for two databases', forged({ databases: withPath('config.dump.zst') }), /two share one file/],
  ['itself for a dump', forged({ databases: withPath('bundle.json') }), /bundle\.json is not a dump/],
  ['a sealed file in an open bundle', forged({ databases: withPath('jobs.dump.age') }), /must not end with \.age/],
  ['an app version that is none', forged({ appVersion: 'newest' }), /appVersion: must be a semantic version/],
])('%s is invalid, and the fault is named', ([, text, message]) => {
  const fault = faultOf(text);
  expect(fault.code).toBe('bundle_manifest_invalid');
  expect(fault.message).toMatch(message);
});

function withPath(path: string): unknown[] {
  return sample.databases.map((database) =>
    database.name === 'jobs' ? Object.assign({}, database, { file: { ...database.file, path } }) : database,
  );
}

test('a document of a newer format is not called damaged', () => {
  const fault = faultOf('{"formatVersion": 2, "shape": "unheard of"}');
  expect(fault).toMatchObject({ code: 'bundle_format_newer', message: expect.stringContaining('reads 1') as string });
});

test('an id says when, in UTC, and cannot be a path', () => {
  expect(makeBundleId(new Date('2026-11-22T17:30:05.123Z'), '0123abcd')).toBe('20261122T173005Z-0123abcd');
  expect(() => makeBundleId(new Date('2026-11-22T17:30:05Z'), '../../..')).toThrow();
});

test('a disk that fills while the bundle is described is named, and there is no bundle.json', async () => {
  await using scratch = await scratchFolder();
  // Files of more than 2 blocks of 512 bytes cannot be written, as if the disk were full.
  const script = 'ulimit -f 2; exec "$0" test/testkit/programs/write-documents.ts "$1"';
  const failure: unknown = await run('sh', ['-c', script, process.execPath, scratch.path]).catch(
    (error: unknown) => error,
  );

  expect(failure).toMatchObject({ stdout: 'target_full\n' });
  expect(await readdir(scratch.path)).not.toContain('bundle.json');
});
