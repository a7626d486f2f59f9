import { hasCode, type AppError } from '../../base/index.ts';
import { holderOf, lockFolder, useIfPossible } from '../lock/index.ts';
import type { RestoreContext } from './context.ts';
import { restoreError } from './errors.ts';
import { isUnfinished } from './states.ts';
import type { RestoreJournal } from './journal.ts';
import { lockServers, type Servers } from './servers.ts';

const work = 'restoring a bundle';

/**
 * Keeps other restores and every taking away until it is disposed: by the journals, for those who share them and not the
 * servers, and by the servers. That the journals cannot be locked is told, and hinders nothing: whether they can be written
 * is seen soon enough. Throws `restore_running`, `backup_busy`.
 */
export async function lockRestore(context: RestoreContext, servers: Servers): Promise<AsyncDisposable> {
  await using locks = new AsyncDisposableStack();
  try {
    locks.use(await lockFolder(context.journals.folder, holderOf(work, context.by, context.clock)));
  } catch (error) {
    if (hasCode(error, 'backup_busy')) throw running(error);
    if (!hasCode(error, 'backup_folder_unusable')) throw error;
    context.report(`the journals of restores are not locked: ${error.message}`);
  }
  await lockServers(servers, context.urls.owner);
  const held = locks.move();
  return { [Symbol.asyncDispose]: async () => await held.disposeAsync() };
}

/** The bundle is not deleted while it is restored. Throws `bundle_in_use` while that is just being done. */
export async function holdBundle(context: RestoreContext, id: string): Promise<AsyncDisposable | undefined> {
  const { folder, by, clock, report } = context;
  const onUnlocked = (error: AppError): void => report(`the bundle could be deleted meanwhile: ${error.message}`);
  return await useIfPossible(folder, id, { holder: holderOf(work, by, clock), onUnlocked });
}

/** Why no restore can be begun: one is at work at this moment, or was interrupted; undefined when neither is so. */
export async function findHindrance(context: RestoreContext): Promise<AppError | undefined> {
  const open = (await context.journals.list()).find(({ state }) => isUnfinished(state));
  if (open === undefined) return undefined;
  try {
    // Whoever wrote the journal and is alive has it locked; no server has to be asked, nor waited for.
    await using _ = await lockFolder(context.journals.folder, holderOf(work, context.by, context.clock));
  } catch (error) {
    if (hasCode(error, 'backup_busy')) return running(error);
  }
  return unfinished(open);
}

/** Throws `restore_unfinished`; for whoever has locked. */
export async function requireNoneUnfinished({ journals }: RestoreContext): Promise<void> {
  const open = (await journals.list()).find(({ state }) => isUnfinished(state));
  if (open !== undefined) throw unfinished(open);
}

function unfinished({ id, bundleId, startedAt, by, host, state }: RestoreJournal): AppError {
  return restoreError('restore_unfinished', {
    message: `the restore of ${bundleId}, begun ${startedAt} by ${by} on ${host}, was interrupted while ${state}`,
    hint: 'Go on with `plimsoll backup restore --resume`, or undo it with `plimsoll backup restore --back`.',
    details: { id, state },
  });
}

function running(cause: AppError): AppError {
  return restoreError('restore_running', {
    message: `another restore is at work: ${cause.message}`,
    hint: 'Wait until it has ended; `plimsoll backup restore --status` says how far it is.',
    details: cause.details,
    cause,
  });
}
