import type { DeployContext } from './context.ts';
import type { DeployJournal } from './journal.ts';

/**
 * Lets go of the bundles that earlier deployments have pinned: from now on the way back is that of this one. One that cannot be
 * unpinned is told, and is tried again after the next deployment.
 */
export async function releaseEarlierPins(context: DeployContext, current: DeployJournal): Promise<string[]> {
  if (current.kind !== 'deploy') return [];
  const earlier = (await context.journals.list()).filter(
    ({ id, pinned, bundleId }) => id < current.id && pinned && bundleId !== current.bundleId,
  );
  const notes = await Promise.all(earlier.map(async (journal) => await release(context, current, journal)));
  return notes.flat();
}

async function release(context: DeployContext, { to }: DeployJournal, journal: DeployJournal): Promise<string[]> {
  const words = ['backup', 'unpin', journal.bundleId ?? ''];
  const { code } = await context.host.run(to, 'operator', [...words, '--json']);
  if (code !== 0)
    return [
      `bundle ${journal.bundleId} of an earlier deployment is still pinned → ${context.host.commandFor(to, 'operator', words)}`,
    ];
  await context.journals.write({ ...journal, pinned: false });
  context.report(`bundle ${journal.bundleId} of an earlier deployment is no longer pinned`);
  return [];
}
