import { expect, test } from 'vitest';
import { sampleManifest } from '../../test/testkit/bundles.ts';
import type { BundleDatabase, BundleManifest } from '../contract/index.ts';
import { handCommands } from './by-hand.ts';

function commandsOf(change: Partial<BundleDatabase>, encryption: BundleManifest['encryption'] = null): string[] {
  const { databases, ...manifest } = sampleManifest({ encryption });
  const changed = databases.map((database) => Object.assign({}, database, change));
  return handCommands({ ...manifest, databases: changed }).map(({ command }) => command);
}

const sealed = { kind: 'age', recipients: ['age1a'] } as const;
const key = { ...sealed, recipients: [...sealed.recipients] };

test('a downloaded archive is unpacked and held against its sums before anything is loaded', () => {
  const manifest = sampleManifest();
  expect(
    handCommands(manifest)
      .slice(0, 2)
      .map(({ command }) => command),
  ).toEqual([`tar -xf plimsoll-${manifest.id}.tar && cd ${manifest.id}`, 'sha256sum -c SHA256SUMS']);
});

const archive = 'pg_restore --no-owner --no-privileges -d "$JOBS_URL"';
const plain = 'psql -X -v ON_ERROR_STOP=1 -d "$JOBS_URL"';

test.each([
  ['custom', 'zstd-inside', null, `${archive} jobs.dump.zst`],
  ['custom', 'zstd', null, `zstd -dc jobs.dump.zst | ${archive}`],
  ['plain', 'zstd', null, `zstd -dc jobs.dump.zst | ${plain}`],
  ['custom', 'zstd-inside', key, `age -d -i key.txt jobs.dump.zst.age | ${archive}`],
  ['plain', 'zstd', key, `age -d -i key.txt jobs.dump.zst.age | zstd -dc | ${plain}`],
] as const)('a %s dump with %s, encrypted %o, is loaded by one line', (format, compression, encryption, line) => {
  expect(commandsOf({ format, compression }, encryption).at(-1)).toBe(line);
});
