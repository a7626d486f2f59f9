import { enter, type RestoreContext } from './context.ts';
import { openGate } from './gate-record.ts';
import { requireHealthy, type PendingDatabases } from './health.ts';
import type { JournalDatabase, RestoreJournal } from './journal.ts';
import { readExisting, type Servers } from './servers.ts';
import { namesUnexpected, standingOf } from './standing.ts';
import { renameAll, type Renaming } from './swap.ts';

/** Exchanges the names, all of one server at once; servers that were exchanged already are left. */
export async function swapIn(
  context: RestoreContext,
  servers: Servers,
  journal: RestoreJournal,
): Promise<RestoreJournal> {
  const current = await enter(context, journal, 'swapping');
  context.report('exchanging the databases');
  for (const server of servers.all) {
    const renamings: Renaming[] = [];
    for (const name of server.names) renamings.push(...(await renamingsIn(server.session, current.databases[name])));
    await renameAll(server, renamings);
    context.onMoment?.(`exchanged ${server.names.join(', ')}`);
  }
  return await enter(context, current, 'swapped');
}

async function renamingsIn(
  session: Parameters<typeof readExisting>[0],
  database: JournalDatabase,
): Promise<Renaming[]> {
  const { live, restored, before, undone, existed } = database;
  const there = await readExisting(session, [live, restored, before, undone]);
  switch (standingOf(database, there)) {
    case 'waiting':
      return existed
        ? [
            { from: live, to: before },
            { from: restored, to: live },
          ]
        : [{ from: restored, to: live }];
    case 'exchanged':
      return [];
    case 'back':
    case 'gone':
    case 'unexpected':
      throw namesUnexpected(database, there);
  }
}

/** Looks whether the product can work on what is in place now, and opens the gate. Throws `restore_unhealthy`. */
export async function openRestored(
  context: RestoreContext,
  journal: RestoreJournal,
): Promise<{ journal: RestoreJournal; pending: PendingDatabases }> {
  const { urls, manifest, definitions } = context;
  const pending = await requireHealthy({ urls: urls.app, manifest, definitions });
  const refused = await openGate(urls.owner.config);
  context.onMoment?.('opened the gate');
  if (refused !== null && !pending.includes('config')) throw refused;
  return { journal: await enter(context, journal, 'done'), pending };
}
