import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { packageRoot } from '../manifest/index.ts';
import { readEnvironment } from '../settings/index.ts';
import { buildRelease, recordRelease } from './build.ts';

/** A repository of its own that holds what makes a release, committed. */
function setup() {
  const root = mkdtempSync(join(tmpdir(), 'plimsoll-build-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const part of ['release.json', 'migrations', 'package.json', 'Dockerfile', 'CHANGELOG.md'])
    cpSync(join(packageRoot(), part), join(root, part), { recursive: true });
  const git = (...words: string[]): void => {
    execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@example', ...words], { cwd: root });
  };
  const commit = (): void => {
    git('add', '--all');
    git('commit', '--quiet', '--message', 'Change it');
  };
  git('init', '--quiet');
  commit();
  const { appVersion } = JSON.parse(readFileSync(join(root, 'release.json'), 'utf8')) as { appVersion: string };
  // Nothing that these builds get as far as has a docker to run.
  const build = async () => await buildRelease({ root, environment: { ...readEnvironment(), PATH: '/usr/bin:/bin' } });
  return { root, commit, build, appVersion };
}

test('no image is built of a tree with changes that are not committed, and the files are named', async () => {
  const { root, build } = setup();
  appendFileSync(join(root, 'CHANGELOG.md'), '\n');
  writeFileSync(join(root, 'left-over'), '');
  await expect(build()).rejects.toMatchObject({
    code: 'release_tree_dirty',
    exitCode: 3,
    message: '2 files are not committed: CHANGELOG.md, left-over',
  });
});

test('no image is built before the record is committed, nor of a release that has changed since', async () => {
  const { root, build, commit, appVersion } = setup();
  await expect(build()).rejects.toMatchObject({ code: 'release_not_recorded' });
  await expect(recordRelease(root)).resolves.toBe(join('releases', `${appVersion}.json`));
  await expect(build()).rejects.toMatchObject({ code: 'release_tree_dirty' });
  commit();
  const path = join(root, 'release.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as object;
  writeFileSync(path, JSON.stringify({ ...manifest, upgradableFrom: '>=0.9.0' }));
  commit();
  await expect(build()).rejects.toMatchObject({
    code: 'release_not_whole',
    exitCode: 3,
    details: { problems: [{ code: 'release_published' }] },
  });
  await expect(recordRelease(root)).rejects.toMatchObject({ code: 'release_not_whole' });
});

test('a record that was edited is no record', async () => {
  const { root, appVersion } = setup();
  const path = join(root, await recordRelease(root));
  writeFileSync(path, readFileSync(path, 'utf8').replace(`"appVersion": "${appVersion}"`, '"appVersion": "9.9.9"'));
  await expect(recordRelease(root)).rejects.toMatchObject({
    details: { problems: [{ code: 'release_record_invalid' }] },
  });
});

test('a folder that is no repository is told as such', async () => {
  const { root, build } = setup();
  rmSync(join(root, '.git'), { recursive: true });
  await expect(build()).rejects.toMatchObject({ code: 'release_git_failed', exitCode: 1 });
});
