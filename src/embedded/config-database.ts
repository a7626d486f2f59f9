import type { Secret } from '../base/index.ts';
import { openDatabase, type Database } from '../postgres/index.ts';

/** Works on the stack's config database, with the rights of the manager's role. */
export async function withConfigDatabase<T>(url: Secret, work: (config: Database) => Promise<T>): Promise<T> {
  const config = openDatabase({
    name: 'config',
    url,
    applicationName: 'plimsoll up',
    connectTimeoutMs: 10_000,
    statementTimeoutMs: 10_000,
    max: 1,
  });
  try {
    return await work(config);
  } finally {
    await config.close();
  }
}
