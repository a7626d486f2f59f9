import type { Clock, Secret } from '../../base/index.ts';
import { lockInDatabase, type DatabaseLock } from './database-lock.ts';
import { lockFolder } from './folder-lock.ts';
import { holderOf } from './holder.ts';

export interface LockTerms {
  /** BACKUP_DIR. */
  readonly folder: string;
  /** Of the config database. */
  readonly configUrl: Secret;
  /** As in "taking a bundle". */
  readonly work: string;
  readonly by: string;
  readonly clock: Clock;
}

/**
 * Takes both locks: that of the folder, for services that share it and not the config database, and that in the config
 * database, for services that share it and not the folder. Throws `backup_busy`, naming who is at work.
 */
export async function lockBackups({ folder, configUrl, work, by, clock }: LockTerms): Promise<DatabaseLock> {
  const holder = holderOf(work, by, clock);
  await using locks = new AsyncDisposableStack();
  locks.use(await lockFolder(folder, holder));
  const inDatabase = locks.use(await lockInDatabase(configUrl, holder));
  const held = locks.move();
  return {
    client: inDatabase.client,
    lost: inDatabase.lost,
    [Symbol.asyncDispose]: async () => await held.disposeAsync(),
  };
}
