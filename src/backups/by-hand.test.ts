import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { sampleManifest } from '../../test/testkit/bundles.ts';
import type { BundleDatabase, BundleManifest } from '../contract/index.ts';
import { handCommands } from './by-hand.ts';

function loadsOf(change: Partial<BundleDatabase>, encryption: BundleManifest['encryption'] = null): string | undefined {
  const { databases, ...manifest } = sampleManifest({ encryption });
  const changed = databases.map((database) => Object.assign({}, database, change));
  const commands = handCommands({ ...manifest, databases: changed }).map(({ command }) => command);
  return commands.find((command) => command.includes('jobs_by_hand'))?.split(' && ')[1];
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

const archive = 'pg_restore --exit-on-error --no-owner --role=plimsoll_owner -d jobs_by_hand';
const plain = `PGOPTIONS='-c role=plimsoll_owner' psql -X -q -v ON_ERROR_STOP=1 -o /dev/null -d jobs_by_hand`;

test.each([
  ['custom', 'zstd-inside', null, `${archive} jobs.dump.zst`],
  ['custom', 'zstd', null, `zstd -dc jobs.dump.zst | ${archive}`],
  ['plain', 'zstd', null, `zstd -dc jobs.dump.zst | ${plain}`],
  ['custom', 'zstd-inside', key, `age -d -i key.txt jobs.dump.zst.age | ${archive}`],
  ['plain', 'zstd', key, `age -d -i key.txt jobs.dump.zst.age | zstd -dc | ${plain}`],
] as const)('a %s dump with %s, encrypted %o, is loaded by one line', (format, compression, encryption, line) => {
  expect(loadsOf({ format, compression }, encryption)).toBe(line);
});

test('the databases of now stay as they are until the last step exchanges all of them in one transaction', () => {
  const commands = handCommands(sampleManifest()).map(({ command }) => command);
  const touching = commands.filter((command) => / (rename|drop|terminate)/.test(command));
  expect(touching).toHaveLength(1);
  expect(touching[0]?.match(/alter database \w+ rename to \w+/g)).toHaveLength(6);
});

test('docs/restore.md has every line of it as it stands', () => {
  const { databases, ...manifest } = sampleManifest({});
  const archives = databases.map((database) => Object.assign({}, database, { engineVersion: '18.1' }));
  const text = readFileSync('docs/restore.md', 'utf8');
  for (const { what, command } of handCommands({ ...manifest, id: '20261122T021000Z-0a1b2c3d', databases: archives })) {
    expect(text).toContain(`   ${command}\n`);
    expect(text).toContain(`. ${what}\n`);
  }
});
