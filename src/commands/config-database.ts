import type { Administration } from '../accounts/index.ts';
import { openDatabase, type Database } from '../postgres/index.ts';
import type { CommandContext } from './command.ts';
import { resolveDatabaseUrls } from './database-urls.ts';
import { operatorOf } from './operator.ts';

/** Runs `work` on the config database, as the operator at the keyboard, and closes it again. */
export async function withConfigDatabase<T>(
  context: CommandContext,
  work: (by: Administration) => Promise<T>,
): Promise<T> {
  const { config } = await resolveDatabaseUrls(context, 'app');
  const database: Database = openDatabase({
    name: 'config',
    url: config,
    applicationName: 'plimsoll',
    connectTimeoutMs: 5000,
    statementTimeoutMs: 10_000,
    max: 1,
  });
  try {
    return await work({ database, actor: { name: operatorOf(context), method: 'command' } });
  } finally {
    await database.close();
  }
}
