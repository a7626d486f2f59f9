import { mkdtemp, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Manifest } from '../contract/index.ts';
import { compareIdentities } from './deployment.ts';
import { digestOf } from './fingerprint.ts';
import { readRunFile, writeRunFile } from './run-file.ts';
import type { PreflightReport } from './run.ts';

const now = new Date('2026-11-22T17:30:00.000Z');
const manifest: Manifest = {
  manifestVersion: 1,
  appVersion: '1.5.0',
  upgradableFrom: '>=1.3.0',
  databases: { config: { schemaVersion: 7 }, results: { schemaVersion: 4 }, jobs: { schemaVersion: 5 } },
  scannerProtocol: { min: 1, max: 2 },
  postgres: { min: 14, max: 18 },
};
const hash = (letter: string): string => letter.repeat(64);
const report: PreflightReport = {
  id: '3b241101-e2bb-4255-8caf-4136c566a962',
  ranAt: new Date('2026-11-22T17:00:00.000Z'),
  host: 'ops-1',
  targetVersion: '1.5.0',
  targetImageSha: 'abc123',
  strict: false,
  status: 'warn',
  counts: { pass: 1, warn: 1, fail: 0, skip: 0 },
  checks: [
    { code: 'a', title: 'A', status: 'pass', message: 'fine', remedy: '' },
    { code: 'b', title: 'B', status: 'warn', message: 'not so fine', remedy: 'mend' },
  ],
  manifest,
  fingerprint: {
    manifestDigest: digestOf(manifest),
    schemaVersions: { config: 7, results: null, jobs: 4 },
    serverVersions: { config: 180_004, results: null, jobs: 180_004 },
    bundle: null,
    backupMaxAgeSeconds: null,
    fleet: null,
  },
  migrations: [],
  acknowledgement: { hash: '00ff', given: true },
  rehearsal: null,
  deployment: { config: null, results: null, jobs: hash('a') },
};
const runner = { ranBy: 'ada', ranBySource: 'operator' } as const;

let folder: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plimsoll-run-'));
  path = join(folder, 'run.json');
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

test('a run is read from its file as it was kept, and only its owner may read the file', async () => {
  const target = join(folder, 'somebody-elses');
  await writeFile(target, 'untouched', { mode: 0o644 });
  await symlink(target, path);
  await writeRunFile(path, { report, runner });
  expect(await readFile(target, 'utf8')).toBe('untouched');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readRunFile(path, now)).toEqual({ report, runner });
});

test('a folder that is not there keeps nothing, and says where', async () => {
  const missing = join(folder, 'nowhere', 'run.json');
  await expect(writeRunFile(missing, { report, runner })).rejects.toMatchObject({ code: 'preflight_file_unwritable' });
});

type Json = Record<string, Record<string, unknown>>;
const invalid = 'preflight_file_invalid';

test.each<[string, (file: Json) => unknown, string, RegExp]>([
  ['no JSON', () => '{"kind":', invalid, /JSON/],
  ['another kind of file', () => ({ hello: 'world' }), invalid, /does not say that it is one/],
  [
    'the format of a newer release',
    (file) => ({ ...file, format: 2, more: [] }),
    'preflight_file_newer',
    /format 2.*up to 1/,
  ],
  ['an unknown key', (file) => ({ ...file, extra: 1 }), invalid, /extra/],
  [
    'an unknown key within the run',
    ({ run, ...file }) => ({ ...file, run: { ...run, recordedBy: 'eve' } }),
    invalid,
    /recordedBy/,
  ],
  ['no checks', ({ run, ...file }) => ({ ...file, run: { ...run, checks: undefined } }), invalid, /run\.checks/],
  ['an id that is none', ({ run, ...file }) => ({ ...file, run: { ...run, id: "x'; drop" } }), invalid, /run\.id/],
  [
    'a name that hides letters',
    (file) => ({ ...file, runner: { ...runner, ranBy: 'a\u202Eb' } }),
    invalid,
    /runner\.ranBy/,
  ],
  [
    'text that no database keeps',
    ({ run, ...file }) => ({ ...file, run: { ...run, host: 'a\0' } }),
    invalid,
    /no database can keep/,
  ],
  [
    'counts that are not those of its checks',
    ({ run, ...file }) => ({ ...file, run: { ...run, counts: { pass: 2, warn: 0, fail: 0, skip: 0 } } }),
    invalid,
    /counts/,
  ],
  [
    'a status better than its checks',
    ({ run, ...file }) => ({ ...file, run: { ...run, status: 'pass' } }),
    invalid,
    /status/,
  ],
  [
    'another release than its manifest',
    ({ run, ...file }) => ({ ...file, run: { ...run, targetVersion: '9.9.9' } }),
    invalid,
    /another release/,
  ],
  [
    'a manifest that was changed',
    ({ run, ...file }) => ({ ...file, run: { ...run, manifest: { ...manifest, upgradableFrom: '*' } } }),
    invalid,
    /fingerprint/,
  ],
  [
    'a time to come',
    ({ run, ...file }) => ({ ...file, run: { ...run, ranAt: '2026-11-22T17:36:00.000Z' } }),
    invalid,
    /future/,
  ],
])('a file with %s is refused', async (_, change, code, why) => {
  await writeRunFile(path, { report, runner });
  const changed = change(JSON.parse(await readFile(path, 'utf8')) as Json);
  await writeFile(path, typeof changed === 'string' ? changed : JSON.stringify(changed));
  await expect(readRunFile(path, now)).rejects.toMatchObject({
    code,
    exitCode: 2,
    message: expect.stringMatching(why),
  });
});

test.each([
  ['a folder', async () => folder],
  ['a file that is not there', async () => join(folder, 'none.json')],
  [
    'a file far larger than any run',
    async () => {
      const large = join(folder, 'large.json');
      await writeFile(large, '');
      await truncate(large, 9 * 1024 * 1024);
      return large;
    },
  ],
])('%s is not read', async (_, make) => {
  await expect(readRunFile(await make(), now)).rejects.toMatchObject({ code: 'preflight_file_unreadable' });
});

test.each([
  ['each database that was read both times is the same', { jobs: hash('a') }, 'same'],
  ['one of them is another', { jobs: hash('b') }, { other: 'jobs' }],
  ['none could be read both times', { config: hash('a') }, 'unknown'],
])('when %s, the deployment is told to be so', (_, seen, expected) => {
  const nothing = { config: null, results: null, jobs: null };
  expect(compareIdentities(report.deployment, { ...nothing, ...seen })).toEqual(expected);
});
