import { messageOf } from '../../base/index.ts';

/** `exclusive`: by one alone · `shared`: by any number, while nobody has it alone. */
export type LockKind = 'exclusive' | 'shared';

/**
 * Locks a file for this process, made if it is not there; gives how to let go, or undefined while another has it. Never
 * waits. Node has no lock that the kernel lets go of when a process dies, and SQLite has: that on an empty file. Ids of
 * processes would not do, since containers that share a volume do not share them.
 */
export async function lockFile(path: string, kind: LockKind): Promise<(() => void) | undefined> {
  const { DatabaseSync } = await import('node:sqlite');
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    if (kind === 'exclusive') database.exec('begin exclusive');
    // A transaction has its shared lock from its first reading on.
    else database.exec('begin; select count(*) from sqlite_master');
    return () => database.close();
  } catch (error) {
    database.close();
    if (messageOf(error).includes('database is locked')) return undefined;
    throw error;
  }
}
