import { hash } from 'node:crypto';
import { expect, test } from 'vitest';
import { confirmStored, etagOf, etagOfParts } from './confirm.ts';

const sent = [
  { key: 'bundles/a/jobs.dump.zst', bytes: 10, etag: 'aa' },
  { key: 'bundles/a/bundle.json', bytes: 3, etag: 'bb' },
];

test('a store that lists every file with its size and its checksum has confirmed them', () => {
  expect(confirmStored('s3', sent, sent)).toEqual({ confirmed: true });
});

test('a checksum of another kind confirms nothing, and is no lie', () => {
  expect(
    confirmStored('s3', sent, [{ ...sent[0], key: 'bundles/a/jobs.dump.zst', bytes: 10, etag: 'x' }, ...sent.slice(1)]),
  ).toEqual({
    confirmed: false,
  });
});

test.each([
  ['is shorter', 9, 'took 10 bytes of bundles/a/jobs.dump.zst and has 9'],
  ['is longer', 11, 'took 10 bytes of bundles/a/jobs.dump.zst and has 11'],
  ['is not there', undefined, 'took 10 bytes of bundles/a/jobs.dump.zst and does not have it'],
])('a file that %s is named, though its upload was answered with a yes', (_what, bytes, message) => {
  const listed = sent.flatMap((file) =>
    file.bytes === 10 ? (bytes === undefined ? [] : [{ ...file, bytes }]) : [file],
  );
  expect(() => confirmStored('s3', sent, listed)).toThrow(message);
});

test('the ETag of parts is the MD5 of their MD5s with their number, as Amazon documents it', () => {
  const [first, second] = [etagOf(Buffer.from('one')), etagOf(Buffer.from('two'))];
  const digests = Buffer.concat([Buffer.from(first, 'hex'), Buffer.from(second, 'hex')]);
  expect(etagOfParts([first, second])).toBe(`${hash('md5', digests)}-2`);
});
