import { AppError, messageOf, type Clock, type Log } from '../../base/index.ts';
import type { BundleManifest, BundlePin, PartError } from '../../contract/index.ts';
import type { KeptTarget, Place } from '../places.ts';
import { applyRetention } from '../retention/index.ts';
import { forgetLedger } from '../records.ts';
import { sweepTarget } from '../sweep.ts';
import type { TransferTerms } from '../types.ts';
import { verifyChecksums } from '../verify/index.ts';
import { takeError } from './errors.ts';

/** How one place came out of it. */
export interface CopyOutcome {
  readonly target: string;
  /** Null: the bundle is whole there. */
  readonly error: PartError | null;
  /** Ids of the bundles that no rule kept there. */
  readonly removed: readonly string[];
}

export interface Publication {
  /** What is brought in. */
  readonly folder: string;
  /** BACKUP_DIR. */
  readonly backups: string;
  readonly manifest: BundleManifest;
  readonly pin: BundlePin | null;
  readonly by: string;
  readonly clock: Clock;
  readonly log: Log;
  /** IANA zone in which the days of retention begin. */
  readonly zone: string;
  readonly terms: TransferTerms;
}

/**
 * Brings the bundle in at its home, and reads it back from there at once: what the stream was hashed to has to be what
 * lies on the disk. A bundle that is not is taken away again.
 */
export async function publishAtHome(kept: KeptTarget, publication: Publication): Promise<void> {
  const { folder, manifest, pin, terms } = publication;
  await kept.target.publish(folder, manifest.id, terms);
  await readBack(kept, publication);
  if (pin !== null) await kept.records.pin(manifest.id, pin);
}

async function readBack({ target, records }: KeptTarget, publication: Publication): Promise<void> {
  const { manifest, by, clock, terms } = publication;
  const { result, message } = await verifyChecksums({ target, records, id: manifest.id, by, clock, terms });
  if (result !== 'failed') return;
  await target.removeBundle(manifest.id);
  await forgetLedger(target, manifest.id);
  throw takeError('backup_not_whole', {
    message: `the bundle ${manifest.id} was written to ${target.name} and is not what was written: ${message}`,
    hint:
      target.kind === 'directory'
        ? `Check the disk of ${target.location} and the memory of this machine; the bundle was removed again there.`
        : `Look at the log of the store ${target.location} and at what lies between; the copy was removed again there.`,
  });
}

/** As `bringCopy`; what goes wrong there is an outcome: the bundle is whole at home. Rejects when cancelled. */
export async function publishCopy(place: Place, publication: Publication): Promise<CopyOutcome> {
  const { manifest, terms, log } = publication;
  const { name } = place.target;
  try {
    return { target: name, error: null, removed: await bringCopy(place, publication) };
  } catch (error) {
    terms.signal.throwIfAborted();
    log.error({ target: name, bundle: manifest.id, err: error }, 'the bundle could not be copied');
    return { target: name, error: tellable(error), removed: [] };
  }
}

/**
 * Brings a copy to another place and then removes what no rule keeps there; gives the ids of that. A place that does not
 * itself say what it holds is read back, which is a verification like any other.
 */
export async function bringCopy(place: Place, publication: Publication): Promise<readonly string[]> {
  const { folder, manifest, pin, terms, log } = publication;
  const kept = await place.forWriting(manifest.deploymentId);
  await sweepUnfinished(kept, log);
  const { confirmed } = await kept.target.publish(folder, manifest.id, terms);
  if (!confirmed) await readBack(kept, publication);
  if (pin !== null) await kept.records.pin(manifest.id, pin);
  return await expire(kept, publication);
}

/** Removes what an earlier run left unfinished, and says so. For whoever holds the locks: nothing can be at work then. */
export async function sweepUnfinished({ target }: KeptTarget, log: Log): Promise<void> {
  const swept = await sweepTarget(target).catch((error: unknown) => {
    log.warn({ target: target.name, err: error }, 'could not look for what an earlier run left unfinished');
    return [];
  });
  for (const sentence of swept) log.warn({ target: target.name }, sentence);
}

/** Removes what no rule keeps from a place that has the new bundle. That it fails does not make the bundle any less whole. */
export async function expire({ target, records }: KeptTarget, publication: Publication): Promise<readonly string[]> {
  const { manifest, clock, zone, terms, log, backups } = publication;
  const { deploymentId } = manifest;
  try {
    const removed = await applyRetention({
      target,
      records,
      folder: backups,
      deploymentId,
      clock,
      zone,
      signal: terms.signal,
    });
    if (removed.length > 0) log.info({ target: target.name, removed }, 'removed bundles that no rule keeps');
    return removed;
  } catch (error) {
    terms.signal.throwIfAborted();
    log.error({ target: target.name, err: error }, 'bundles that no rule keeps could not be removed');
    return [];
  }
}

function tellable(error: unknown): PartError {
  return error instanceof AppError
    ? { code: error.code, message: error.message }
    : { code: 'internal', message: messageOf(error) };
}
