import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as fc from 'fast-check';
import { validRange } from 'semver';
import { afterAll, expect, test } from 'vitest';
import { manifestSchema } from '../contract/index.ts';
import { defaultManifestPath, packageRoot, readManifest } from './index.ts';
import { manifestJsonSchema } from './json-schema.ts';
import { isManifest, isPlainRange } from './recognise.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-manifest-'));
afterAll(() => rmSync(folder, { recursive: true }));

const sound = {
  manifestVersion: 1,
  appVersion: '1.2.3',
  upgradableFrom: '>=1.0.0',
  databases: { config: { schemaVersion: 4 }, results: { schemaVersion: 0 }, jobs: { schemaVersion: 2 } },
  scannerProtocol: { min: 1, max: 2 },
  postgres: { min: 14, max: 18 },
};

function fileWith(text: string): string {
  const path = join(folder, 'release.json');
  writeFileSync(path, text);
  return path;
}

test("this release's own manifest is read", async () => {
  await expect(readManifest(defaultManifestPath())).resolves.toHaveProperty('manifestVersion', 1);
});

test('a missing file and a file that is not JSON are manifest_unreadable', async () => {
  await expect(readManifest(join(folder, 'none.json'))).rejects.toMatchObject({ code: 'manifest_unreadable' });
  await expect(readManifest(fileWith('{ "manifestVersion": 1,'))).rejects.toMatchObject({
    code: 'manifest_unreadable',
  });
});

test('a manifest of another format is manifest_version_unsupported, whatever else it holds', async () => {
  await expect(readManifest(fileWith('{"manifestVersion": 2, "new": true}'))).rejects.toMatchObject({
    code: 'manifest_version_unsupported',
    details: { found: 2, expected: 1 },
  });
});

test('an invalid manifest lists every problem by its path', async () => {
  const path = fileWith(
    JSON.stringify({
      ...sound,
      extra: 1,
      appVersion: 'one',
      postgres: { min: 18, max: 14 },
      databases: { config: {} },
    }),
  );
  const error = await readManifest(path).catch((error: unknown) => error);
  expect(error).toMatchObject({ code: 'manifest_invalid' });
  expect((error as { details: { problems: string[] } }).details.problems).toEqual([
    expect.stringMatching(/^appVersion: /),
    expect.stringMatching(/^databases\.config\.schemaVersion: /),
    expect.stringMatching(/^databases\.results: /),
    expect.stringMatching(/^databases\.jobs: /),
    expect.stringMatching(/^postgres: /),
    expect.stringMatching(/^the manifest: .*extra/),
  ]);
});

test.each(['banana', '>=banana', '1.0.0 and later', '>=01.0.0'])(
  'an upgradableFrom of %j, which matches no release, is manifest_invalid',
  async (upgradableFrom) => {
    await expect(readManifest(fileWith(JSON.stringify({ ...sound, upgradableFrom })))).rejects.toMatchObject({
      code: 'manifest_invalid',
      details: {
        problems: [`upgradableFrom: must be a semver range such as >=1.0.0, found ${JSON.stringify(upgradableFrom)}`],
      },
    });
  },
);

test.each(['1.2.3', '^1.2.0', '>=1.0.0 <2.0.0', '>=1.0.0 <2.0.0 || ^3.1.0', '*', '1.x'])(
  'an upgradableFrom of %j is a range',
  async (upgradableFrom) => {
    await expect(readManifest(fileWith(JSON.stringify({ ...sound, upgradableFrom })))).resolves.toMatchObject({
      upgradableFrom,
    });
  },
);

test('what the quick look takes for a range is one', () => {
  const version = fc.stringMatching(/^(?:[\^~]|>=?)?\d{1,2}\.\d{1,2}\.\d{1,2}(?: <=?\d{1,2}\.\d{1,2}\.\d{1,2})?$/);
  fc.assert(fc.property(version, (text) => !isPlainRange(text) || validRange(text) !== null));
});

const oddValue = fc.oneof(
  fc.constantFrom(
    0,
    1,
    2,
    9,
    10,
    18,
    9999,
    10_000,
    1.5,
    -1,
    2 ** 53,
    Number.NaN,
    null,
    '',
    '1.2.3',
    '1.2.3-rc.1',
    '1.2',
    true,
    [],
    {},
  ),
  fc.jsonValue(),
);
const paths = [
  [],
  ['manifestVersion'],
  ['appVersion'],
  ['upgradableFrom'],
  ['databases'],
  ['databases', 'jobs'],
  ['databases', 'jobs', 'schemaVersion'],
  ['databases', 'extra'],
  ['scannerProtocol'],
  ['scannerProtocol', 'min'],
  ['scannerProtocol', 'max'],
  ['postgres', 'min'],
  ['postgres', 'max'],
  ['postgres', 'extra'],
  ['extra'],
] as const;

/** The sound manifest with one place replaced, or removed when the value is undefined. */
function replaced(value: unknown, path: readonly string[], replacement: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return replacement;
  const copy: Record<string, unknown> = { ...(value as object) };
  const inner = replaced(copy[key] ?? {}, rest, replacement);
  if (inner === undefined) delete copy[key];
  else copy[key] = inner;
  return copy;
}

test('the quick recognition accepts exactly what the published schema accepts', () => {
  expect(isManifest(sound)).toBe(true);
  fc.assert(
    fc.property(fc.constantFrom(...paths), fc.oneof(oddValue, fc.constant(undefined)), (path, replacement) => {
      const value = replaced(sound, path, replacement);
      expect(isManifest(value)).toBe(manifestSchema.safeParse(value).success);
    }),
    { numRuns: 1000 },
  );
});

test('the published JSON Schema is what the contract says; `node scripts/make-docs.ts` brings it up to date', () => {
  expect(readFileSync(join(packageRoot(), 'docs/release-manifest.schema.json'), 'utf8')).toBe(manifestJsonSchema());
});

test('the package root is found from the sources and from a bundle beside which release.json lies', () => {
  expect(packageRoot()).toBe(join(import.meta.dirname, '../..'));
  mkdirSync(join(folder, 'image/dist/chunks'), { recursive: true });
  writeFileSync(join(folder, 'image/release.json'), '{}');
  const bundle = pathToFileURL(join(folder, 'image/dist/chunks/plimsoll.js')).href;
  expect(packageRoot(bundle)).toBe(join(folder, 'image'));
});
