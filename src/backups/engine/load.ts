import type { LoadRequest } from '../types.ts';
import { replayPlain } from './load/replay.ts';
import { restoreCustom } from './load/restore.ts';
import type { PgProgram } from './programs.ts';
import { openSession } from './snapshots/session.ts';

/**
 * Brings one dump back into an empty database, and its statistics up to date. Whatever was loaded before an error stays: the
 * caller drops the database. Throws `dump_load_failed`, `dump_damaged`, `dump_program_missing`, or the signal's reason.
 */
export async function loadDump(request: LoadRequest, programs: readonly PgProgram[]): Promise<void> {
  const session = await openSession(request.database.name, request.url);
  try {
    await session.interruptible(request.signal, async () => {
      if (request.database.format === 'plain') await replayPlain(request, session);
      else await restoreCustom({ ...request, url: session.url }, session, programs);
      await session.query('analyze');
    });
  } finally {
    await session.close();
  }
}
