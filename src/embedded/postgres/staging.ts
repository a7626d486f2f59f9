import { access, chmod, copyFile, link, mkdir, readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../base/index.ts';
import { embeddedError } from '../errors.ts';
import { withFolder } from '../files.ts';

/**
 * Puts the package's `native` folder below `stagingDir`, by hard link where the file system allows (no disk used,
 * some 20 ms) and by copy elsewhere, and gives the folder that stands for the package. A version that is there
 * already is used as it is; other versions are removed.
 */
export async function stageBinaries(packageRoot: string, stagingDir: string): Promise<string> {
  const staged = join(stagingDir, await packageVersion(packageRoot));
  if (await exists(staged)) return staged;
  const unfinished = join(stagingDir, 'unfinished');
  try {
    await rm(stagingDir, { recursive: true, force: true });
    await makeFolder(stagingDir);
    await makeFolder(unfinished);
    await mirror(join(packageRoot, 'native'), join(unfinished, 'native'));
    await rename(unfinished, staged);
    return staged;
  } catch (error) {
    throw embeddedError('embedded_home_unusable', {
      message: `cannot stage the Postgres programs in ${stagingDir}: ${messageOf(error)}`,
      hint: 'Set DATA_DIR to a folder on a writable disk with 100 MB free, and start again.',
      cause: error,
    });
  }
}

async function packageVersion(packageRoot: string): Promise<string> {
  const description = JSON.parse(await readFile(join(packageRoot, 'package.json'), 'utf8')) as { version: string };
  return description.version;
}

async function mirror(from: string, to: string): Promise<void> {
  await makeFolder(to);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await mirror(source, target);
    else if (entry.isFile()) await linkOrCopy(source, target);
  }
}

/** A file that only its owner may read (npm run under umask 077) has to be copied: a link would share its mode. */
async function linkOrCopy(source: string, target: string): Promise<void> {
  const { mode } = await stat(source);
  if ((mode & 0o004) !== 0 && (await tryLink(source, target))) return;
  await copyFile(source, target);
  await chmod(target, (mode & 0o100) === 0 ? 0o644 : 0o755);
}

async function tryLink(source: string, target: string): Promise<boolean> {
  return await link(source, target).then(
    () => true,
    () => false,
  );
}

/** chmod besides mkdir: the umask of the caller must not close the folder to the account. */
async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true });
  await withFolder(path, async (folder) => await folder.chmod(0o755));
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
