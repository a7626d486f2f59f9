import { hasCode, type Clock } from '../../base/index.ts';
import { listBundles } from '../bundle/index.ts';
import { mapConcurrently } from '../concurrently.ts';
import { claimBundle, type BundleHold } from '../lock/index.ts';
import { forgetLedger } from '../records.ts';
import type { BackupTarget, BundleRecords } from '../types.ts';
import { standingOf } from '../verify/index.ts';
import { planRetention, type KeptBundle, type RetentionDecision } from './plan.ts';

export interface RetentionRequest {
  readonly target: BackupTarget;
  readonly records: BundleRecords;
  /** BACKUP_DIR, where it is kept which bundles are in use. */
  readonly folder: string;
  /** Bundles of any other are left alone. */
  readonly deploymentId: string;
  readonly clock: Clock;
  readonly zone: string;
  readonly signal: AbortSignal;
}

const readsAtOnce = 8;

/** What would be decided now for the bundles on one target. What is broken or foreign is not among them. */
export async function readRetention(request: RetentionRequest): Promise<RetentionDecision[]> {
  const { target, records, deploymentId, clock, zone } = request;
  const { bundles } = await listBundles(target, request.signal);
  const own = bundles.filter(({ manifest }) => manifest.deploymentId === deploymentId);
  const pins = await records.pins();
  const known = await mapConcurrently(own, readsAtOnce, async ({ manifest, misfit }): Promise<KeptBundle> => {
    const { state } = standingOf(await records.verifications(manifest.id), misfit);
    return { id: manifest.id, createdAt: manifest.createdAt, state, pinned: pins.has(manifest.id) };
  });
  return planRetention(known, { policy: target.retention, now: clock.now(), zone });
}

/**
 * Removes from one target what no rule keeps, oldest first; gives the ids of what was removed. To be run after a bundle
 * was taken, and only then. What is in use stays until the next time. Whatever cannot be read stops it before anything is
 * removed.
 */
export async function applyRetention(request: RetentionRequest): Promise<string[]> {
  const going = (await readRetention(request)).filter((decision) => decision.keptBy.length === 0).toReversed();
  const removed: string[] = [];
  for (const { id } of going) {
    request.signal.throwIfAborted();
    await using claim = await claimIfFree(request.folder, id);
    // Somebody may have pinned it meanwhile.
    if (claim === undefined || (await request.records.pins()).has(id)) continue;
    await request.target.removeBundle(id);
    await forgetLedger(request.target, id);
    removed.push(id);
  }
  return removed;
}

/** Undefined while somebody downloads, verifies, proves or restores it. */
async function claimIfFree(folder: string, id: string): Promise<BundleHold | undefined> {
  try {
    return await claimBundle(folder, id);
  } catch (error) {
    if (hasCode(error, 'bundle_in_use')) return undefined;
    throw error;
  }
}
