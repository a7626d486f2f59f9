import { execFile } from 'node:child_process';
import { access, constants, readdir, realpath } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { messageOf } from '../../base/index.ts';
import { codeOf } from '../../postgres/index.ts';
import { engineError } from './errors.ts';

const programNames = ['pg_dump', 'pg_restore'] as const;
export type ProgramName = (typeof programNames)[number];

/** A client program of PostgreSQL that runs here. */
export interface PgProgram {
  readonly path: string;
  /** As it says itself, such as `17.6 (Debian 17.6-0+deb13u1)`. */
  readonly version: string;
  readonly major: number;
  /** Whether it compresses archives with zstd itself: a pg_dump since 16, unless it was built without. */
  readonly zstd: boolean;
}

/** Everything found, in the order in which it is preferred. */
export type PgPrograms = Readonly<Record<ProgramName, readonly PgProgram[]>>;

export interface ProgramSearch {
  /** The setting `PG_BIN`: nothing else is looked at when it is given. */
  readonly pgBin?: string | undefined;
  /** The environment's `PATH`. */
  readonly path?: string | undefined;
  /** Where Debian keeps one folder a major version. */
  readonly debianRoot?: string;
}

/** Looks for the client programs and asks each for its version. Throws `backup_programs_unusable` about `PG_BIN` alone. */
export async function findPrograms(search: ProgramSearch): Promise<PgPrograms> {
  const folders = search.pgBin === undefined ? await usualFolders(search) : [search.pgBin];
  const [pg_dump, pg_restore] = await Promise.all(
    programNames.map(async (name) => {
      const found = await Promise.all([...new Set(folders)].map(async (folder) => await ask(join(folder, name))));
      return found.filter((program) => program !== undefined);
    }),
  );
  if (search.pgBin !== undefined && pg_dump?.length === 0) throw await unusable(search.pgBin);
  return { pg_dump: pg_dump ?? [], pg_restore: pg_restore ?? [] };
}

async function usualFolders({ path = '', debianRoot = '/usr/lib/postgresql' }: ProgramSearch): Promise<string[]> {
  const majors = await readdir(debianRoot).catch(() => []);
  const newestFirst = majors.filter((name) => /^\d+$/.test(name)).sort((left, right) => Number(right) - Number(left));
  const inPath = path.split(delimiter).filter((folder) => folder.startsWith('/'));
  const folders = [...inPath, ...newestFirst.map((major) => join(debianRoot, major, 'bin'))];
  // /bin is often /usr/bin under another name.
  return await Promise.all(folders.map(async (folder) => await realpath(folder).catch(() => folder)));
}

/** Undefined when nothing is there, or what is there does not run. */
async function ask(path: string): Promise<PgProgram | undefined> {
  const reading = await readVersion(path).catch(() => undefined);
  return reading === undefined ? undefined : { path, ...reading, zstd: await hasZstd(path, reading.major) };
}

const run = promisify(execFile);
const briefly = { timeout: 10_000, env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' } } as const;

/** pg_dump looks at its words before it connects: what it complains of first tells what it was built with. */
async function hasZstd(path: string, major: number): Promise<boolean> {
  if (!path.endsWith('pg_dump') || major < 16) return false;
  const words = ['--format=custom', '--compress=zstd:1', '--dbname=host=/nowhere'];
  const complaint = await run(path, words, briefly).catch((error: unknown) => messageOf(error));
  return typeof complaint === 'string' && !/compress/i.test(complaint.replaceAll('--compress=zstd:1', ''));
}

async function readVersion(path: string): Promise<Pick<PgProgram, 'version' | 'major'>> {
  await access(path, constants.X_OK);
  const { stdout } = await run(path, ['--version'], briefly);
  const [, version, major] = /\(PostgreSQL\) ((\d+)\S*.*)/.exec(stdout) ?? [];
  if (version === undefined) throw new TypeError(`it calls itself ${JSON.stringify(stdout.trim().slice(0, 100))}`);
  return { version: version.trim(), major: Number(major) };
}

async function unusable(folder: string): Promise<Error> {
  const path = join(folder, 'pg_dump');
  const found = await readVersion(path).then(
    () => 'it runs',
    (error: unknown) => (codeOf(error) === 'ENOENT' ? 'it is not there' : messageOf(error)),
  );
  return engineError('backup_programs_unusable', {
    message: `PG_BIN is ${folder}, but ${path} cannot be used: ${found}`,
    hint: 'Set PG_BIN to the folder that holds `pg_dump` and `pg_restore`, or leave it out.',
    details: { folder },
  });
}
