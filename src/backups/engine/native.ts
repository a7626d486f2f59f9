import { engineError } from './errors.ts';
import type { DumpedFile, DumpEngine, DumpRequest } from '../types.ts';
import { startProgram, type ChildEnd } from './child-program.ts';
import { connectionEnvironment } from './connection-environment.ts';
import { writeDump, zstdLevel } from './dump-file.ts';
import type { PgProgram } from './programs.ts';

/** How long pg_dump waits for a table that a migration has locked; its snapshot holds back vacuum meanwhile. */
const lockWait = '60s';

/**
 * The machine's own pg_dump: an archive in the custom format. Since 16 it compresses with zstd itself, and pg_restore alone
 * brings the file back; an older one hands its archive over uncompressed and it is compressed here, beside the reading of
 * the tables. Both take a quarter of the time of the default gzip; docs/backup-engines.md has what was measured, and why
 * not the directory format with parallel jobs.
 */
export function nativeEngine(program: PgProgram): DumpEngine {
  return {
    name: 'pg_dump',
    version: program.version,
    program: program.path,
    format: 'custom',
    compression: program.zstd ? 'zstd-inside' : 'zstd',
    dump: async (request) => await dump(program, request),
  };
}

async function dump(program: PgProgram, request: DumpRequest): Promise<DumpedFile> {
  request.signal.throwIfAborted();
  const child = startProgram({
    path: program.path,
    words: wordsFor(program, request),
    env: connectionEnvironment(request.url),
    signal: request.signal,
  });
  child.stdin.end();
  // The end of the output is not yet a good end: only the exit code makes it one.
  const source = async function* (): AsyncGenerator<Buffer> {
    for await (const chunk of child.stdout) yield chunk as Buffer;
    const end = await child.ended;
    if (end.code !== 0) throw dumpFailed(program, request, end);
  };
  const { onBytes } = request;
  try {
    return await writeDump(request, {
      source: source(),
      fileName: `${request.database}.dump${program.zstd ? '' : '.zst'}`,
      compress: !program.zstd,
      onBytes,
    });
  } finally {
    await child.stop();
  }
}

function wordsFor(program: PgProgram, request: DumpRequest): string[] {
  return [
    '--format=custom',
    program.zstd ? `--compress=zstd:${zstdLevel}` : '--compress=0',
    `--snapshot=${request.snapshot}`,
    '--no-password',
    `--lock-wait-timeout=${lockWait}`,
    ...request.withoutRows.map((table) => `--exclude-table-data=${table}`),
  ];
}

function dumpFailed(program: PgProgram, { database }: DumpRequest, { code, signal, complaint }: ChildEnd): Error {
  const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
  return engineError('backup_dump_failed', {
    message: `${database} database: ${program.path} ended with ${how}: ${complaint || 'it said nothing'}`,
    hint: 'Mend what pg_dump complains about, then run `plimsoll backup take` again.',
    details: { database, program: program.path, version: program.version },
  });
}
