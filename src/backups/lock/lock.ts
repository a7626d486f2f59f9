import { AppError, hasCode, type Clock, type Secret } from '../../base/index.ts';
import { lockInDatabase, type DatabaseLock } from './database-lock.ts';
import { lockExistingFolder, lockFolder } from './folder-lock.ts';
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
 * For taking a bundle: both locks, that of the folder, for services that share it and not the config database, and that in
 * the config database, for services that share it and not the folder. Throws `backup_busy`, naming who is at work, also when
 * that is a restore of these databases.
 */
export async function lockForTaking({ folder, configUrl, work, by, clock }: LockTerms): Promise<DatabaseLock> {
  const holder = holderOf(work, by, clock);
  await using locks = new AsyncDisposableStack();
  locks.use(await lockFolder(folder, holder));
  const inDatabase = locks.use(await lockInDatabase(configUrl, holder, 'databases'));
  const held = locks.move();
  return {
    client: inDatabase.client,
    lost: inDatabase.lost,
    [Symbol.asyncDispose]: async () => await held.disposeAsync(),
  };
}

/**
 * For verifying and proving, which need what taking would change: the bundles. Bundles can be read while the config database
 * is gone or the folder cannot be written: what cannot be locked then is told, and hinders nothing. Throws `backup_busy`.
 */
export async function lockForReading(
  { folder, configUrl, work, by, clock }: Omit<LockTerms, 'configUrl'> & { readonly configUrl: Secret | undefined },
  onUnlocked: (error: AppError) => void,
): Promise<AsyncDisposable> {
  const holder = holderOf(work, by, clock);
  await using locks = new AsyncDisposableStack();
  for (const lock of [
    async () => await lockExistingFolder(folder, holder),
    async () => (configUrl === undefined ? undefined : await lockInDatabase(configUrl, holder, 'bundles')),
  ]) {
    try {
      locks.use((await lock()) ?? null);
    } catch (error) {
      if (!(error instanceof AppError) || hasCode(error, 'backup_busy')) throw error;
      onUnlocked(error);
    }
  }
  const held = locks.move();
  return { [Symbol.asyncDispose]: async () => await held.disposeAsync() };
}
