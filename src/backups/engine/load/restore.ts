import { once } from 'node:events';
import { AppError, parsePostgresUrl, type Secret } from '../../../base/index.ts';
import { engineError } from '../errors.ts';
import type { LoadRequest } from '../../types.ts';
import { startProgram, type ChildProgram } from '../child-program.ts';
import { connectionEnvironment } from '../connection-environment.ts';
import type { PgProgram } from '../programs.ts';
import type { Session } from '../snapshots/session.ts';
import { loadFailed, unpackDump } from './unpack.ts';

/** Loads an archive with pg_restore, which stops at the first error. */
export async function restoreCustom(
  request: LoadRequest,
  session: Session,
  programs: readonly PgProgram[],
): Promise<void> {
  const program = chooseRestore(request, programs);
  const [server] = await session.query<{ major: number }>(
    "select current_setting('server_version_num')::integer / 10000 as major",
  );
  const tolerant = program.major > (server?.major ?? program.major);
  const child = startProgram({
    path: program.path,
    words: wordsFor(request, { tolerant }),
    env: connectionEnvironment(request.url),
    signal: request.signal,
  });
  child.stdout.resume();
  try {
    await unpackDump(request, async (content) => await feed(child, content)).catch((error: unknown) => {
      // A program that wants no more says itself why; that its input broke off is only what follows.
      if (child.stdin.writable || error instanceof AppError) throw error;
      request.signal.throwIfAborted();
    });
    const { code, complaint } = await child.ended;
    if (code !== 0 && !(tolerant && isOnlyTimeouts(complaint)))
      throw loadFailed(request, complaint || `${program.path} ended with exit code ${code}`);
  } finally {
    await child.stop();
  }
}

/** Writes until everything is read, or the program has enough: why it ended is told by its exit code. */
async function feed({ stdin, ended }: ChildProgram, content: AsyncIterable<Buffer>): Promise<void> {
  for await (const chunk of content) {
    if (!stdin.writable) break;
    if (!stdin.write(chunk)) await Promise.race([once(stdin, 'drain').catch(() => undefined), ended]);
  }
  stdin.end();
}

/** The one nearest to the pg_dump that wrote the archive, and not older: an older one cannot read it. */
function chooseRestore({ database }: LoadRequest, programs: readonly PgProgram[]): PgProgram {
  const major = Number.parseInt(database.engineVersion, 10);
  const able = programs.filter((program) => program.major >= major).sort((left, right) => left.major - right.major);
  const [nearest] = able;
  if (nearest !== undefined) return nearest;
  const found = programs.map(({ path, version }) => `${path} is ${version}`).join(', ');
  throw engineError('dump_program_missing', {
    message: `${database.name} database: its dump is an archive of pg_dump ${database.engineVersion}; no pg_restore of version ${major} or newer on this machine (${found || 'none at all'})`,
    hint: `Install the PostgreSQL client programs, \`apt-get install postgresql-client-${major}\`, or set PG_BIN to a folder that has them.`,
    details: { database: database.name, major },
  });
}

function wordsFor({ url, privileges }: LoadRequest, { tolerant }: { tolerant: boolean }): string[] {
  return [
    `--dbname=${databaseWord(url)}`,
    '--no-password',
    '--no-owner',
    ...(privileges === 'drop' ? ['--no-privileges'] : []),
    ...(tolerant ? [] : ['--exit-on-error']),
  ];
}

/** As `dbname='…'`: a bare name with an equals sign in it would be read as something else. */
function databaseWord(url: Secret): string {
  const outcome = parsePostgresUrl(url.reveal());
  const name = 'url' in outcome ? decodeURIComponent(outcome.url.pathname.slice(1)) : '';
  return `dbname='${name.replaceAll(/['\\]/g, String.raw`\$&`)}'`;
}

/**
 * A pg_restore newer than the server begins with settings that the server has never heard of, and knows no way to leave them
 * out: so it is let go on past errors, and every one of them must have been of this kind.
 */
function isOnlyTimeouts(complaint: string): boolean {
  const errors = complaint.split('\n').filter((line) => line.startsWith('pg_restore: error:'));
  return (
    errors.length > 0 && errors.every((line) => /unrecognized configuration parameter "\w+_timeout"$/.test(line.trim()))
  );
}
