import { join } from 'node:path';
import { readManifest } from '../manifest/index.ts';
import { readDefinitions } from '../migrator/index.ts';
import { checkRelease } from './check.ts';
import { releaseError } from './errors.ts';
import { pipePrograms, runProgram, type ProgramTerms } from './program.ts';
import { readPublished, recordOf, writeRecord } from './published.ts';

/** Where a release is built from, and how programs are run there. */
export interface BuildTerms extends Pick<ProgramTerms, 'environment' | 'onProgress'> {
  readonly root: string;
  /** Name of the image; default `plimsoll:<version>`. */
  readonly tag?: string | undefined;
  /** `NAME=VALUE`, for the Dockerfile. */
  readonly buildArgument?: string | undefined;
}

/** An image that was built. */
export interface BuiltImage {
  readonly tag: string;
  readonly imageId: string;
  readonly version: string;
  readonly commit: string;
}

/**
 * Builds the image of a release from exactly what is committed, with the commit stamped in. Throws release_tree_dirty,
 * release_not_whole, release_not_recorded, release_git_failed or release_build_failed.
 */
export async function buildRelease(terms: BuildTerms): Promise<BuiltImage> {
  await refuseDirty(terms);
  const version = await requireWhole(terms.root);
  const [commit = '', committedAt = ''] = (await git(terms, 'show', '-s', '--format=%H %cI', 'HEAD')).trim().split(' ');
  const tag = terms.tag ?? `plimsoll:${version}`;
  const labels = { version, revision: commit, created: committedAt };
  const stamps = [`IMAGE_SHA=${commit}`, `VERSION=${version}`, `CREATED=${committedAt}`];
  if (terms.buildArgument !== undefined) stamps.push(terms.buildArgument);
  const build = [
    'docker',
    'build',
    '--tag',
    tag,
    ...stamps.flatMap((stamp) => ['--build-arg', stamp]),
    ...Object.entries(labels).flatMap(([name, value]) => ['--label', `org.opencontainers.image.${name}=${value}`]),
    '-',
  ];
  // The commit itself is sent, not the folder: what git ignores cannot get into the image.
  succeed(await pipePrograms(['git', 'archive', 'HEAD'], build, atRoot(terms)), build);
  const inspect = ['docker', 'image', 'inspect', '--format', '{{.Id}}', tag];
  const { stdout } = succeed(await runProgram(inspect, { ...atRoot(terms), onProgress: undefined }), inspect);
  return { tag, imageId: stdout.trim(), version, commit };
}

/** Writes the record of the release, to be committed before it is built; gives its path. Throws release_not_whole. */
export async function recordRelease(root: string): Promise<string> {
  await requireAgreement(root);
  return await writeRecord(root, await readOwnRecord(root));
}

async function refuseDirty(terms: BuildTerms): Promise<void> {
  const changed = (await git(terms, 'status', '--porcelain')).split('\n').filter((line) => line !== '');
  if (changed.length === 0) return;
  const shown = changed.slice(0, 5).map((line) => line.slice(3));
  throw releaseError('release_tree_dirty', {
    message: `${changed.length} ${changed.length === 1 ? 'file is' : 'files are'} not committed: ${shown.join(', ')}${changed.length > shown.length ? ', …' : ''}`,
    hint: 'Commit or remove them, then build again: `git status` lists them all.',
    details: { files: changed.map((line) => line.slice(3)) },
  });
}

async function requireWhole(root: string): Promise<string> {
  await requireAgreement(root);
  const { manifest } = await readOwnRecord(root);
  // That a record there is, is the one of this tree, was among what had to agree.
  if (readPublished(root).some((release) => release.manifest.appVersion === manifest.appVersion))
    return manifest.appVersion;
  throw releaseError('release_not_recorded', {
    message: `releases/${manifest.appVersion}.json does not exist`,
    hint: 'Run `plimsoll release record`, commit what it writes, then build again.',
  });
}

async function requireAgreement(root: string): Promise<void> {
  const problems = await checkRelease(root);
  if (problems.length === 0) return;
  throw releaseError('release_not_whole', {
    message: `${problems.length} ${problems.length === 1 ? 'thing keeps' : 'things keep'} this release from being cut: ${problems.map(({ message }) => message).join('; ')}`,
    hint: 'Run `plimsoll release check`, which says how to mend each.',
    details: { problems },
  });
}

async function readOwnRecord(root: string) {
  return recordOf(await readManifest(join(root, 'release.json')), await readDefinitions(join(root, 'migrations')));
}

async function git(terms: BuildTerms, ...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await runProgram(['git', ...words], { ...atRoot(terms), onProgress: undefined });
  if (code === 0) return stdout;
  throw releaseError('release_git_failed', {
    message: `git ${words[0]} in ${terms.root} failed: ${stderr.trim().slice(-300)}`,
    hint: 'Build from a checkout of the repository in which `git status` works.',
  });
}

function succeed<T extends { code: number | null; stderr: string }>(end: T, words: readonly string[]): T {
  if (end.code === 0) return end;
  throw releaseError('release_build_failed', {
    message: `\`${words.slice(0, 2).join(' ')}\` ended with ${end.code ?? 'no exit code'}: ${end.stderr.trim().slice(-300)}`,
    hint: 'Mend what its output says, then run `plimsoll release build` again.',
  });
}

function atRoot({ root, environment, onProgress }: BuildTerms): ProgramTerms {
  return { cwd: root, environment, onProgress };
}
