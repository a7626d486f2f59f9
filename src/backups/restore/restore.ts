import { AppError, messageOf } from '../../base/index.ts';
import { databaseNames, type DatabaseName } from '../../contract/index.ts';
import type { Unseal } from '../reload/source.ts';
import { requireIdentity } from '../reload/load.ts';
import { databaseOf } from '../reload/server.ts';
import type { BackupTarget, DumpEngines } from '../types.ts';
import { abandon, dropKept, swapBack } from './back.ts';
import { keep, type RestoreContext } from './context.ts';
import { restoreError } from './errors.ts';
import { requireFit } from './fit.ts';
import type { PendingDatabases } from './health.ts';
import { inState, type JournalDatabase, type RestoreJournal } from './journal.ts';
import { readLive, type LiveReading } from './live.ts';
import { restoreIdOf, sideName } from './names.ts';
import { prepareDatabases, type LoadTerms } from './prepare.ts';
import { previewOf, type RestorePreview } from './preview.ts';
import { findHindrance, holdBundle, lockRestore, requireNoneUnfinished } from './exclusively.ts';
import { findRefusals, type Accepted } from './refusals.ts';
import { openServers, readExisting, type Servers } from './servers.ts';
import { readConnected } from './sessions.ts';
import { findBundle, type FoundBundle } from './source.ts';
import { actionFor, type RestoreWish } from './states.ts';
import { openRestored, swapIn } from './swap-in.ts';

/** Where bundles are found, and what loads them. */
export interface BundleTerms {
  readonly targets: readonly BackupTarget[];
  /** What paths are relative to. */
  readonly cwd: string;
  readonly engines: DumpEngines;
  readonly unseal: Unseal | undefined;
  /** Bytes of one dump that were read so far. */
  readonly onBytes: (database: DatabaseName, bytes: number) => void;
}

export interface RestoreRequest extends BundleTerms {
  /** An id, `latest`, or the path of a downloaded bundle. */
  readonly bundle: string;
  readonly accepted: Accepted;
  /** Asked when all speaks for it; false ends without a change. */
  readonly confirm: (preview: RestorePreview) => Promise<boolean>;
}

/** How a restore, or what was done about one, ended. */
export interface RestoreReport {
  readonly journal: RestoreJournal;
  /** Databases that the migrator has to bring to this release. */
  readonly pending: PendingDatabases;
}

/** What restoring a bundle would come to, and what speaks against it. Changes nothing. */
export async function previewRestore(
  context: RestoreContext,
  request: Pick<RestoreRequest, 'bundle' | 'accepted'> & Pick<BundleTerms, 'targets' | 'cwd'>,
): Promise<{ preview: RestorePreview; refusals: readonly AppError[] }> {
  const found = await findBundle(request.bundle, request);
  await using servers = await openServers(context.urls.owner);
  const { preview, refusals } = await lookAhead(context, servers, { found, accepted: request.accepted });
  const more = await requireFit(context, servers, found.manifest).then(() => [], asRefusal);
  const whole = await found.requireWhole(context.signal).then(() => [], asRefusal);
  const hindrance = await findHindrance(context);
  return { preview, refusals: [...refusals, ...more, ...whole, ...(hindrance === undefined ? [] : [hindrance])] };
}

/**
 * Restores a bundle: beside the old databases, which then make room and are kept. Refuses with the error of what speaks against
 * it before anything is changed; an error before the exchange leaves everything as it was.
 */
export async function restoreBundle(context: RestoreContext, request: RestoreRequest): Promise<RestoreReport> {
  const hindrance = await findHindrance(context);
  if (hindrance !== undefined) throw hindrance;
  const found = await findBundle(request.bundle, request);
  await using held = new AsyncDisposableStack();
  held.use(await holdBundle(context, found.manifest.id));
  await using servers = await openServers(context.urls.owner);
  const { preview, refusals } = await lookAhead(context, servers, { found, accepted: request.accepted });
  const [refusal] = refusals;
  if (refusal !== undefined) throw refusal;
  requireIdentity({ source: found.source, unseal: request.unseal });
  await requireFit(context, servers, found.manifest);
  context.report(`reading all of bundle ${found.manifest.id}`);
  await found.requireWhole(context.signal);
  if (!(await request.confirm(preview))) throw notConfirmed(found);
  await using _ = await lockRestore(context, servers);
  // Whoever was asked may have taken their time: another restore may have come and gone.
  await requireNoneUnfinished(context);
  const live = await readLive(context.urls.owner, found.manifest);
  const journal = await begin(context, servers, { found, live, accepted: request.accepted });
  return await goOn(context, servers, { journal, terms: loadTerms(request, found) });
}

/** Goes on with the restore, or the way back, that was interrupted. Throws `restore_nothing_to_do`. */
export async function resumeRestore(context: RestoreContext, terms: BundleTerms): Promise<RestoreReport> {
  await newestFor(context, 'resume');
  await using servers = await openServers(context.urls.owner);
  await using _ = await lockRestore(context, servers);
  // Read under the lock: somebody else may have gone on with it meanwhile.
  const { journal, action } = await newestFor(context, 'resume');
  switch (action) {
    case 'prepare': {
      const found = await findBundle(journal.bundleFrom.startsWith('/') ? journal.bundleFrom : journal.bundleId, terms);
      requireSameBundle(journal, found);
      await using held = new AsyncDisposableStack();
      held.use(await holdBundle(context, found.manifest.id));
      requireIdentity({ source: found.source, unseal: terms.unseal });
      await found.requireWhole(context.signal);
      return await goOn(context, servers, { journal, terms: loadTerms(terms, found) });
    }
    case 'swap':
      return await openRestored(context, await swapIn(context, servers, journal));
    case 'open':
      return await openRestored(context, journal);
    case 'abandon':
      return { journal: await abandon(context, servers, journal), pending: [] };
    case 'return':
      return { journal: await swapBack(context, servers, journal), pending: [] };
    case 'drop':
      return { journal: await dropKept(context, servers, journal), pending: [] };
  }
}

/** Brings the old databases back, or undoes a restore that had not come as far. Throws `restore_nothing_to_do`. */
export async function undoRestore(context: RestoreContext): Promise<RestoreReport> {
  await newestFor(context, 'back');
  await using servers = await openServers(context.urls.owner);
  await using _ = await lockRestore(context, servers);
  const { journal, action } = await newestFor(context, 'back');
  const work = action === 'abandon' ? abandon : swapBack;
  return { journal: await work(context, servers, journal), pending: [] };
}

/** Drops what restores have kept beside: there is no way back then. Throws `restore_nothing_to_do`. */
export async function forgetRestores(context: RestoreContext): Promise<RestoreReport[]> {
  await newestFor(context, 'forget');
  await using servers = await openServers(context.urls.owner);
  await using _ = await lockRestore(context, servers);
  const kept = (await context.journals.list()).filter(({ state }) => actionFor(state, 'forget') !== undefined);
  const reports: RestoreReport[] = [];
  for (const journal of kept) reports.push({ journal: await dropKept(context, servers, journal), pending: [] });
  return reports;
}

interface Looked {
  readonly found: FoundBundle;
  readonly accepted: Accepted;
}

async function lookAhead(context: RestoreContext, servers: Servers, { found, accepted }: Looked) {
  const { urls, manifest, clock } = context;
  const live = await readLive(urls.owner, found.manifest);
  const names = databaseNames.map((name) => databaseOf(urls.owner[name]));
  const preview = previewOf({
    bundle: found.manifest,
    from: found.from,
    state: found.state,
    live,
    connected: await readConnected(servers, names),
    manifest,
    now: clock.now(),
  });
  const refusals = findRefusals({ bundle: found.manifest, preview, accepted, appVersion: manifest.appVersion });
  return { preview, refusals };
}

async function begin(
  context: RestoreContext,
  servers: Servers,
  { found, live, accepted }: Looked & { readonly live: readonly LiveReading[] },
): Promise<RestoreJournal> {
  const id = restoreIdOf(context.clock.now());
  const config = live.find(({ database }) => database === 'config');
  const facts = config !== undefined && 'facts' in config ? config.facts : undefined;
  const databases: [DatabaseName, JournalDatabase][] = [];
  for (const name of databaseNames) databases.push([name, await planDatabase(context, servers, { id, name })]);
  const startedAt = context.clock.now().toISOString();
  const journal: Omit<RestoreJournal, 'state' | 'history'> = {
    format: 'plimsoll restore 1',
    id,
    bundleId: found.manifest.id,
    bundleFrom: found.from,
    bundleTakenAt: found.manifest.createdAt,
    by: context.by,
    startedAt,
    accepted: Object.fromEntries(Object.entries(accepted).filter(([, reason]) => reason !== undefined)),
    deploymentId: facts?.deploymentId ?? null,
    epoch: (facts?.epoch ?? 0) + 1,
    epochBack: null,
    host: context.host,
    compared: false,
    mustEnrol: null,
    databases: Object.fromEntries(databases) as RestoreJournal['databases'],
  };
  return await keep(context, inState({ ...journal, state: 'preparing', history: [] }, 'preparing', context.clock));
}

async function planDatabase(
  { urls }: RestoreContext,
  servers: Servers,
  { id, name }: { id: string; name: DatabaseName },
): Promise<JournalDatabase> {
  const live = databaseOf(urls.owner[name]);
  return {
    live,
    restored: sideName(live, 'restore', id),
    before: sideName(live, 'before', id),
    undone: sideName(live, 'undone', id),
    existed: (await readExisting(servers.of(name).session, [live])).has(live),
    loaded: false,
  };
}

/** From the first byte to the open gate. Until the exchange begins an error undoes all of it. */
async function goOn(
  context: RestoreContext,
  servers: Servers,
  { journal, terms }: { readonly journal: RestoreJournal; readonly terms: LoadTerms },
): Promise<RestoreReport> {
  let prepared: RestoreJournal;
  try {
    prepared = await prepareDatabases(context, servers, journal, terms);
  } catch (error) {
    context.report('undoing: the old databases were not touched');
    await abandon(context, servers, journal).catch((again: unknown) =>
      context.report(`that failed as well, \`plimsoll backup restore --back\` does it: ${messageOf(again)}`),
    );
    throw error;
  }
  return await openRestored(context, await swapIn(context, servers, prepared));
}

function loadTerms({ engines, unseal, onBytes }: BundleTerms, { source }: FoundBundle): LoadTerms {
  return { source, engines, unseal, onBytes };
}

async function newestFor(context: RestoreContext, wish: RestoreWish) {
  const journals = await context.journals.list();
  for (const journal of journals) {
    const action = actionFor(journal.state, wish);
    if (action !== undefined) return { journal, action };
  }
  const [newest] = journals;
  const words = { resume: 'gone on with', back: 'undone', forget: 'forgotten' }[wish];
  throw restoreError('restore_nothing_to_do', {
    message: `there is no restore that could be ${words}${newest === undefined ? '' : `: the newest, of ${newest.bundleId}, is ${newest.state}`}`,
    hint: 'Run `plimsoll backup restore --status` to see all of them.',
  });
}

/** A path may hold another bundle by now, and half of the databases may be of the first. Throws `restore_bundle_changed`. */
function requireSameBundle(journal: RestoreJournal, { manifest, from }: FoundBundle): void {
  if (manifest.id === journal.bundleId) return;
  throw restoreError('restore_bundle_changed', {
    message: `${from} holds the bundle ${manifest.id} now, and the restore was begun with ${journal.bundleId}`,
    hint: `Put ${journal.bundleId} back there and run \`plimsoll backup restore --resume\`, or undo it with \`plimsoll backup restore --back\`.`,
    details: { found: manifest.id, expected: journal.bundleId },
  });
}

function asRefusal(error: unknown): AppError[] {
  if (error instanceof AppError) return [error];
  throw error;
}

function notConfirmed({ manifest }: FoundBundle): AppError {
  return restoreError('restore_not_confirmed', {
    message: `restoring bundle ${manifest.id} was not confirmed; nothing was changed`,
    hint: 'Type the id of the bundle when asked, or give --yes.',
  });
}
