import { AppError } from '../../base/index.ts';
import { databaseNames, type DatabaseName } from '../../contract/index.ts';
import { quoteName } from '../reload/server.ts';
import { enter, keep, sideUrl, type RestoreContext } from './context.ts';
import { fenceLeases, readEpoch, setEpoch } from './fence.ts';
import { closeGate, openGate } from './gate-record.ts';
import type { JournalDatabase, RestoreJournal } from './journal.ts';
import { closeAndSettle, maintenanceOf } from './prepare.ts';
import { readExisting, type Servers } from './servers.ts';
import { renameAll, type Renaming } from './swap.ts';
import { namesUnexpected, standingOf } from './standing.ts';

/** Drops what was loaded and opens the gate: the old databases were never touched. */
export async function abandon(
  context: RestoreContext,
  servers: Servers,
  journal: RestoreJournal,
): Promise<RestoreJournal> {
  const current = await enter(context, journal, 'abandoning');
  await dropAll(servers, current, 'restored');
  context.onMoment?.('dropped what was restored');
  await openGate(context.urls.owner.config);
  context.onMoment?.('opened the gate');
  return await enter(context, current, 'abandoned');
}

/** Brings the old databases back, in whichever state the exchange is, and keeps what was restored until it is forgotten. */
export async function swapBack(
  context: RestoreContext,
  servers: Servers,
  journal: RestoreJournal,
): Promise<RestoreJournal> {
  const current = await withEpochBack(context, servers, await enter(context, journal, 'returning'));
  await closeAndSettle(context, servers, current);
  await fenceOld(context, servers, current);
  context.report('bringing the old databases back');
  for (const server of servers.all) {
    const renamings: Renaming[] = [];
    for (const name of server.names) renamings.push(...(await renamingsBack(server.session, current.databases[name])));
    await renameAll(server, renamings);
    context.onMoment?.(`exchanged back ${server.names.join(', ')}`);
  }
  // Of databases that had not been exchanged yet.
  await dropAll(servers, current, 'restored');
  context.onMoment?.('dropped what was not exchanged');
  const refused = await openGate(context.urls.owner.config);
  context.onMoment?.('opened the gate');
  if (refused !== null) context.report(`the old config database takes no record: ${refused.message}`);
  return await enter(context, current, 'returned');
}

/** Drops what was kept: the old databases after a restore, the restored ones after a way back. */
export async function dropKept(
  context: RestoreContext,
  servers: Servers,
  journal: RestoreJournal,
): Promise<RestoreJournal> {
  const current = await enter(context, journal, 'forgetting');
  await dropAll(servers, current, 'before');
  context.onMoment?.('dropped the old ones');
  await dropAll(servers, current, 'undone');
  return await enter(context, current, 'forgotten');
}

async function dropAll(
  servers: Servers,
  journal: RestoreJournal,
  side: 'restored' | 'before' | 'undone',
): Promise<void> {
  for (const name of databaseNames)
    await servers
      .of(name)
      .session.query(`drop database if exists ${quoteName(journal.databases[name][side])} with (force)`);
}

/** Names a database that did not exist before leaves behind: none. */
async function renamingsBack(
  session: Parameters<typeof readExisting>[0],
  database: JournalDatabase,
): Promise<Renaming[]> {
  const { live, restored, before, undone, existed } = database;
  const there = await readExisting(session, [live, restored, before, undone]);
  switch (standingOf(database, there)) {
    case 'exchanged':
      return existed
        ? [
            { from: live, to: undone },
            { from: before, to: live },
          ]
        : [{ from: live, to: undone }];
    case 'waiting':
    case 'back':
    case 'gone':
      return [];
    case 'unexpected':
      throw namesUnexpected(database, there);
  }
}

/**
 * Above what either side has ever handed out; decided once, so that it stays the same however often this is done. As long as
 * nothing was exchanged, nobody has worked on the new databases, and leases stay as they are.
 */
async function withEpochBack(
  context: RestoreContext,
  servers: Servers,
  journal: RestoreJournal,
): Promise<RestoreJournal> {
  if (journal.epochBack !== null || !(await isAnyExchanged(servers, journal))) return journal;
  const epochs = [journal.epoch];
  for (const side of ['live', 'before'] as const)
    epochs.push(await readEpoch(sideUrl(context, 'config', journal, side)).catch(ignoreUnreadable));
  return await keep(context, { ...journal, epochBack: Math.max(...epochs) + 1 });
}

async function isAnyExchanged(servers: Servers, journal: RestoreJournal): Promise<boolean> {
  for (const name of databaseNames) {
    const database = journal.databases[name];
    const { live, restored, before, undone } = database;
    const there = await readExisting(servers.of(name).session, [live, restored, before, undone]);
    if (standingOf(database, there) === 'exchanged') return true;
  }
  return false;
}

function ignoreUnreadable(error: unknown): number {
  if (error instanceof AppError) return 0;
  throw error;
}

/** What the old databases are told before they take their places again; one that is corrupt comes back as it is. */
async function fenceOld(context: RestoreContext, servers: Servers, journal: RestoreJournal): Promise<void> {
  if (journal.epochBack === null) return;
  const config = await oldSide(servers, journal, 'config');
  const jobs = await oldSide(servers, journal, 'jobs');
  try {
    if (config !== undefined) {
      const url = sideUrl(context, 'config', journal, config);
      await setEpoch(url, journal.epochBack, journal.by);
      await closeGate(url, maintenanceOf(journal));
    }
    if (jobs !== undefined) await fenceLeases(sideUrl(context, 'jobs', journal, jobs));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    context.report(`an old database comes back as it is: ${error.message}`);
  }
  context.onMoment?.('fenced the old ones');
}

/** Where the old database is now; undefined when there was none. */
async function oldSide(servers: Servers, journal: RestoreJournal, name: DatabaseName) {
  const database = journal.databases[name];
  if (!database.existed) return undefined;
  const there = await readExisting(servers.of(name).session, [database.before]);
  return there.has(database.before) ? 'before' : 'live';
}
