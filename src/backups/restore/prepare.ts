import { databaseNames, type DatabaseName, type Maintenance } from '../../contract/index.ts';
import { messageOf, type AppError, type Secret } from '../../base/index.ts';
import { readLedger, surveyDatabases } from '../../migrator/index.ts';
import { recordEvent } from './audit.ts';
import { findDifferences, listOf } from '../reload/compare.ts';
import { inspectRestored } from '../reload/inspect.ts';
import { reloadDatabase, type ReloadRequest } from '../reload/load.ts';
import { quoteName } from '../reload/server.ts';
import type { DatabaseUrls } from '../types.ts';
import { defaultSettling, keep, liveNames, rolesOf, sideUrl, type RestoreContext } from './context.ts';
import { restoreError } from './errors.ts';
import { fenceLeases, readEpoch, setDeploymentId, setEpoch } from './fence.ts';
import { closeGate } from './gate-record.ts';
import { withDatabases, type RestoreJournal } from './journal.ts';
import { readMustEnrol } from './must-enrol.ts';
import { completeRights, prepareRights } from './rights.ts';
import { readExisting, type Servers } from './servers.ts';
import { describeConnected, readConnected, settle } from './sessions.ts';
import { makeDatabaseLike } from './shape.ts';

/** What the bundle is loaded from; not in the journal, which names it. */
export type LoadTerms = Pick<ReloadRequest, 'source' | 'engines' | 'unseal' | 'onBytes'>;

/**
 * Closes the gate, loads the bundle into new databases beside the old ones, compares them, and makes them ready to take the
 * place. Nothing that was there is changed but the record that closes the gate. May be done again after it was interrupted.
 */
export async function prepareDatabases(
  context: RestoreContext,
  servers: Servers,
  journal: RestoreJournal,
  terms: LoadTerms,
): Promise<RestoreJournal> {
  const refused = await closeAndSettle(context, servers, journal);
  if (refused !== null) await requireNoManagers(context, servers, { journal, refused });
  let current = journal;
  for (const name of databaseNames) current = await loadOne(context, servers, { journal: current, name, terms });
  if (!current.compared) current = await compare(context, current, terms);
  await makeReady(context, current);
  context.onMoment?.('made ready');
  return current;
}

/** Throws `restore_differs`. */
async function compare(context: RestoreContext, journal: RestoreJournal, { source }: LoadTerms) {
  context.report('comparing with the snapshots');
  const found = findDifferences(source.manifest, await inspectRestored(restoredUrls(context, journal), context.signal));
  if (found.length === 0) {
    const epoch = Math.max(journal.epoch, (await readEpoch(sideUrl(context, 'config', journal, 'restored'))) + 1);
    const mustEnrol = await readMustEnrol(context.urls.owner.config, sideUrl(context, 'config', journal, 'restored'));
    return await keep(context, { ...journal, compared: true, epoch, mustEnrol });
  }
  throw restoreError('restore_differs', {
    message: `what was restored from ${journal.bundleId} is not what its snapshots held: ${listOf(found)}`,
    hint: 'Choose another bundle: `plimsoll backup list`.',
    details: { differences: found.slice(0, 20) },
  });
}

/** The record that closes the gate while a restore is at work. */
export function maintenanceOf(journal: RestoreJournal): Maintenance {
  const when = journal.bundleTakenAt.slice(0, 16).replace('T', ' ');
  return {
    kind: 'restore',
    id: journal.id,
    message: `a restore is at work: the backup of ${when} UTC is being brought back`,
    since: journal.startedAt,
    by: journal.by,
  };
}

/** Closes the gate where the config database takes the record, and waits until nobody is in the middle of anything. */
export async function closeAndSettle(
  context: RestoreContext,
  servers: Servers,
  journal: RestoreJournal,
): Promise<AppError | null> {
  const { report, signal, urls, settling = defaultSettling } = context;
  const refused = await closeGate(urls.owner.config, maintenanceOf(journal));
  context.onMoment?.('closed the gate');
  report(refused === null ? 'the gate of every manager is closed' : `the gate is closed by itself: ${refused.message}`);
  const busy = await settle(servers, liveNames(journal), { ...settling, signal });
  if (busy.length > 0) report(`still busy, and ended with the exchange: ${describeConnected(busy)}`);
  return refused;
}

/**
 * A gate that takes no record is closed all the same where managers cannot read the config database, which is what a missing or
 * corrupt one comes to. Throws `restore_managers_running` where they can.
 */
async function requireNoManagers(
  { urls }: RestoreContext,
  servers: Servers,
  { journal, refused }: { journal: RestoreJournal; refused: AppError },
): Promise<void> {
  const isReadable = await canManagersRead(urls.app.config);
  const connected = await readConnected(servers, liveNames(journal));
  const managers = connected.filter(({ applicationName }) => applicationName === 'plimsoll manager');
  if (!isReadable || managers.length === 0) return;
  throw restoreError('restore_managers_running', {
    message: `the gate of the managers cannot be closed (${refused.message}), and they are connected: ${describeConnected(managers)}`,
    hint: 'Stop every manager, then try again; they may be started again as soon as the restore is done.',
    details: { code: refused.code },
    cause: refused,
  });
}

async function canManagersRead(configUrl: Secret): Promise<boolean> {
  return await surveyDatabases(
    ['config'],
    { config: configUrl, results: configUrl, jobs: configUrl },
    async (session) => await readLedger(session.client, session.target),
  ).then(([config]) => config?.error === undefined);
}

interface One {
  readonly journal: RestoreJournal;
  readonly name: DatabaseName;
  readonly terms: LoadTerms;
}

async function loadOne(context: RestoreContext, servers: Servers, { journal, name, terms }: One) {
  const { session } = servers.of(name);
  const { restored, live, loaded } = journal.databases[name];
  const isThere = (await readExisting(session, [restored])).has(restored);
  if (loaded && isThere) return journal;
  context.signal.throwIfAborted();
  context.report(`restoring ${name} into ${restored}`);
  // Half of one, of a restore that was killed.
  await session.query(`drop database if exists ${quoteName(restored)} with (force)`);
  await makeDatabaseLike(session, restored, live);
  context.onMoment?.(`made ${name}`);
  const url = sideUrl(context, name, journal, 'restored');
  await prepareRights(url, rolesOf(context, name));
  const database = terms.source.manifest.databases.find((one) => one.name === name);
  if (database === undefined) throw new TypeError(`the bundle has no ${name} database`);
  await reloadDatabase({ ...terms, signal: context.signal }, database, url);
  context.onMoment?.(`loaded ${name}`);
  const mark = withDatabases(journal, (one, which) => (which === name ? { ...one, loaded: true } : one));
  return await keep(context, { ...mark, compared: false });
}

function restoredUrls(context: RestoreContext, journal: RestoreJournal): DatabaseUrls {
  return {
    config: sideUrl(context, 'config', journal, 'restored'),
    results: sideUrl(context, 'results', journal, 'restored'),
    jobs: sideUrl(context, 'jobs', journal, 'restored'),
  };
}

/** What only this deployment knows: its rights, its name, its epoch, and that the gate is closed. */
async function makeReady(context: RestoreContext, journal: RestoreJournal): Promise<void> {
  const urls = restoredUrls(context, journal);
  for (const name of databaseNames) await completeRights(urls[name], rolesOf(context, name));
  await setEpoch(urls.config, journal.epoch, journal.by);
  if (journal.deploymentId !== null) await setDeploymentId(urls.config, journal.deploymentId, journal.by);
  await fenceLeases(urls.jobs);
  await recordEvent(urls.config, journal);
  const refused = await closeGate(urls.config, maintenanceOf(journal));
  // A schema of before there were settings: it is behind, which keeps the gate closed as well.
  if (refused !== null) context.report(`the restored config database takes no record: ${messageOf(refused)}`);
}
