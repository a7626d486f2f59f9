import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import type { Clock, Log } from '../../base/index.ts';
import type { BundleManifest, bundleReasons } from '../../contract/index.ts';
import { makeBundleId, writeBundleDocuments } from '../bundle/index.ts';
import { openSnapshots, watchLeasing } from '../engine/index.ts';
import { lockForTaking } from '../lock/index.ts';
import { sealTo } from '../sealing/index.ts';
import type { HomePlace, KeptTarget, Place } from '../places.ts';
import type { DatabaseUrls, DumpEngines, Snapshots } from '../types.ts';
import { readDeploymentId } from './deployment.ts';
import { dumpAll } from './dump.ts';
import { takeError } from './errors.ts';
import { requireNoRestore } from './no-restore.ts';
import { DumpProgress, type TakeObserver } from './progress.ts';
import { expire, publishAtHome, publishCopy, sweepUnfinished, type CopyOutcome, type Publication } from './publish.ts';
import { requireRoom } from './room.ts';
import { estimateDumps, readSizes, type DumpEstimate } from './sizes.ts';

/** All that a taking stands on. */
export interface TakeDeps {
  readonly urls: DatabaseUrls;
  /** Looked for anew each time: what was installed since is found. */
  readonly findEngines: () => Promise<DumpEngines>;
  readonly home: HomePlace;
  /** Where copies go. */
  readonly others: readonly Place[];
  /** age recipients; empty: not encrypted. */
  readonly recipients: readonly string[];
  readonly app: { readonly version: string; readonly imageSha: string };
  /** The setting BACKUP_LEASE_LATENCY_LIMIT_MS. */
  readonly leaseLatencyLimitMs: number;
  readonly zone: string;
  readonly clock: Clock;
  readonly log: Log;
}

export interface TakeRequest {
  readonly by: string;
  readonly reason: (typeof bundleReasons)[number];
  /** Pinned from the start, with this note. */
  readonly pinNote: string | null;
  /** The newest bundle there is, for estimates. */
  readonly previous: BundleManifest | undefined;
  readonly observer: TakeObserver;
  /** Called when nothing else can be at work any more. */
  readonly onBegun?: (() => Promise<void>) | undefined;
  readonly signal: AbortSignal;
}

export interface TakenBundle {
  readonly manifest: BundleManifest;
  readonly copies: readonly CopyOutcome[];
}

/**
 * Takes one bundle: from three snapshots to every place that is to have it. Until its folder gets its name nothing of it
 * can be seen, and whatever ends it before that leaves at most a folder under `incoming/`, which the next start sweeps.
 * Throws `backup_busy`, `backup_restore_unfinished`, `backup_room_short`, what the engine and the databases fail with, and `backup_copy_failed` when
 * the bundle is whole at home and not everywhere.
 */
export async function takeBundle(deps: TakeDeps, request: TakeRequest): Promise<TakenBundle> {
  const { home, clock, urls } = deps;
  const { by, observer } = request;
  observer.phase('taking the locks');
  const folder = home.target.location;
  await using lock = await lockForTaking({ folder, configUrl: urls.config, work: 'taking a bundle', by, clock });
  await requireNoRestore({ client: lock.client, configUrl: urls.config, folder });
  await request.onBegun?.();
  observer.phase('measuring the databases');
  const deploymentId = await readDeploymentId(lock.client, urls.config);
  const kept = await home.forWriting(deploymentId);
  await sweepUnfinished(kept, deps.log);
  const estimates = estimateDumps(await readSizes(urls), await deps.findEngines(), request.previous);
  await requireRoomAtHome(home, estimates);
  request.signal.throwIfAborted();
  const signal = AbortSignal.any([request.signal, lock.lost]);
  const work = await home.target.makeWorkFolder(`take-${randomBytes(4).toString('hex')}`);
  try {
    const manifest = await dumpInto(work, { deps, request: { ...request, signal }, estimates, deploymentId });
    return await bringIn({ folder: work, manifest, kept }, deps, { ...request, signal });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function requireRoomAtHome({ target }: HomePlace, estimates: readonly DumpEstimate[]): Promise<void> {
  requireRoom({
    target: target.name,
    location: target.location,
    freeBytes: await target.freeBytes(),
    estimatedBytes: estimates.reduce((sum, { fileBytes }) => sum + fileBytes, 0),
  });
}

interface Dumping {
  readonly deps: TakeDeps;
  readonly request: TakeRequest;
  readonly estimates: readonly DumpEstimate[];
  readonly deploymentId: string;
}

/** Dumps from the snapshots into the folder, and makes a bundle of it. */
async function dumpInto(folder: string, { deps, request, estimates, deploymentId }: Dumping): Promise<BundleManifest> {
  const { urls, recipients, app, clock } = deps;
  const { observer } = request;
  observer.phase('taking the snapshots');
  await using watch = await watchLeasing({ url: urls.jobs, limitMs: deps.leaseLatencyLimitMs });
  await using snapshots = await openSnapshots(urls, request.signal);
  const createdAt = firstOf(snapshots);
  const id = makeBundleId(new Date(createdAt), randomBytes(4).toString('hex'));
  observer.named(id);
  const dumped = await dumpAll({
    snapshots,
    estimates,
    urls,
    folder,
    seal: recipients.length === 0 ? undefined : sealTo(recipients),
    progress: new DumpProgress(estimates, observer),
    onPhase: (text) => observer.phase(text),
    signal: AbortSignal.any([request.signal, snapshots.lost, watch.slow]),
  });
  const manifest: BundleManifest = {
    formatVersion: 1,
    id,
    deploymentId,
    createdAt,
    completedAt: clock.now().toISOString(),
    takenBy: request.by,
    reason: request.reason,
    appVersion: app.version,
    imageSha: app.imageSha,
    encryption: recipients.length === 0 ? null : { kind: 'age', recipients: [...recipients] },
    databases: [...dumped.databases],
    skewMs: snapshots.skewMs,
    crossChecks: [...dumped.crossChecks],
  };
  await writeBundleDocuments(folder, manifest);
  return manifest;
}

function firstOf({ facts }: Snapshots): string {
  const instants = Object.values(facts).map(({ snapshotAt }) => new Date(snapshotAt).toISOString());
  return instants.sort()[0] ?? '';
}

interface Finished {
  readonly folder: string;
  readonly manifest: BundleManifest;
  readonly kept: KeptTarget;
}

/** From here on the bundle is whole at home, whatever becomes of its copies. */
async function bringIn(
  { folder, manifest, kept }: Finished,
  deps: TakeDeps,
  request: TakeRequest,
): Promise<TakenBundle> {
  const { others, clock, log, zone } = deps;
  const { by, pinNote, observer, signal } = request;
  const pin = pinNote === null ? null : { by, at: clock.now().toISOString(), note: pinNote };
  const terms = { onBytes: () => undefined, signal };
  const publication: Publication = {
    folder,
    backups: deps.home.target.location,
    manifest,
    pin,
    by,
    clock,
    log,
    zone,
    terms,
  };
  observer.phase('reading back what was written');
  await publishAtHome(kept, publication);
  const copies: CopyOutcome[] = [];
  for (const other of others) {
    observer.phase(`copying to ${other.target.name}`);
    copies.push(await publishCopy(other, publication));
  }
  observer.phase('removing what no rule keeps');
  const atHome: CopyOutcome = { target: kept.target.name, error: null, removed: await expire(kept, publication) };
  const outcomes = [atHome, ...copies];
  requireCopies(manifest, outcomes);
  return { manifest, copies: outcomes };
}

function requireCopies(manifest: BundleManifest, outcomes: readonly CopyOutcome[]): void {
  const failed = outcomes.filter(({ error }) => error !== null);
  if (failed.length === 0) return;
  const safe = outcomes.filter(({ error }) => error === null).map(({ target }) => target);
  throw takeError('backup_copy_failed', {
    message: `the bundle ${manifest.id} is whole on ${safe.join(' and ')}, but was not copied: ${failed.map(({ target, error }) => `${target}: ${error?.message}`).join('; ')}`,
    hint: 'Mend what the message names. The backup service then brings the copy there by itself; without it, take another bundle: `plimsoll backup take`.',
    details: { bundle: manifest.id, copies: outcomes },
  });
}
