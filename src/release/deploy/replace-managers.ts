import type { DeployContext } from './context.ts';
import { deployError } from './errors.ts';
import type { DeployJournal } from './journal.ts';
import { nextMove, type ManagerInstance } from './replace.ts';
import { mendThenGoOn } from './standing.ts';
import { pause, until } from './wait.ts';

/** Puts managers of the image in the place of all others, one by one. Throws deploy_manager_not_ready. */
export async function replaceManagers(context: DeployContext, journal: DeployJournal): Promise<void> {
  const { to, managers: wanted } = journal;
  const { host, report } = context;
  await host.setImage(to);
  const settled = new Set<string>();
  const counts = ({ id, imageId, ready }: ManagerInstance): boolean => ready && (imageId !== to.id || settled.has(id));
  for (;;) {
    const { managers } = await host.readInstalled();
    const seen = managers.map((found) => ({ id: found.id, imageId: found.imageId, ready: counts(found) }));
    const next = nextMove(seen, to.id, wanted);
    switch (next.move) {
      case 'done':
        return;
      case 'start':
        report(`starting a manager of ${to.version}`);
        await host.startManager(to);
        break;
      case 'wait':
        await waitUntilSettled(context, journal, next.instance);
        settled.add(next.instance.id);
        report(`manager ${shortId(next.instance)} of ${to.version} is ready`);
        break;
      case 'stop':
        report(`stopping manager ${shortId(next.instance)}`);
        await host.stopManager(next.instance.id);
        break;
    }
    await pause(context, 0);
  }
}

/**
 * Waits until a manager has been ready for a while without a break. A proxy looks for managers by the second: an old one that is
 * stopped the moment the new one is ready would leave it with none that it knows.
 */
async function waitUntilSettled(
  context: DeployContext,
  { kind }: DeployJournal,
  { id }: ManagerInstance,
): Promise<void> {
  const { host, patience } = context;
  let since: number | undefined;
  const isSettled = async (): Promise<boolean> => {
    const { managers } = await host.readInstalled();
    const found = managers.find((manager) => manager.id === id);
    // One that has ended and is gone is not waited for; the next look starts another one, or gives up here.
    if (found === undefined) return true;
    if (found.ready) since ??= performance.now();
    else since = undefined;
    return since !== undefined && performance.now() - since >= patience.settledMs;
  };
  if (await until(context, isSettled, patience.readyMs + patience.settledMs)) return;
  const said = (await host.readLog(id)).trim().split('\n').slice(-3).join(' ');
  // Nobody is to be sent to it, and what it said is kept.
  await host.stopManager(id);
  throw deployError('deploy_manager_not_ready', {
    message: `manager ${id.slice(0, 12)} did not get ready within ${Math.round(patience.readyMs / 1000)} s and was taken away; it said last: ${said.slice(-600) || 'nothing'}`,
    hint: mendThenGoOn(kind),
  });
}

function shortId({ id }: ManagerInstance): string {
  return id.slice(0, 12);
}
