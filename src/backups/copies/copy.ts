import type { Clock, Log, Secret } from '../../base/index.ts';
import { readBundle } from '../bundle/index.ts';
import type { HomePlace, Place } from '../places.ts';
import { holderOf, lockForTaking, useIfPossible } from '../lock/index.ts';
import { bringCopy } from '../take/index.ts';
import type { TransferTerms } from '../types.ts';
import { requirePassed, verifyChecksums, type VerifyObserver } from '../verify/index.ts';

interface CopyRequest {
  readonly home: HomePlace;
  readonly place: Place;
  readonly id: string;
  readonly by: string;
  /** Of the config database, for the lock. */
  readonly configUrl: Secret;
  readonly clock: Clock;
  readonly log: Log;
  /** IANA zone in which the days of retention begin. */
  readonly zone: string;
  readonly observer: VerifyObserver;
  readonly signal: AbortSignal;
}

/**
 * Brings a bundle that lies at home to another place, as taking it would have done: the same locks, the same proof that it
 * is there, and then what no rule keeps goes. It is read in full first, for what has rotted at home must not look whole
 * elsewhere. Throws `bundle_damaged`, `backup_busy`, `target_*`, `backup_not_whole`.
 */
export async function copyBundle(request: CopyRequest): Promise<void> {
  const { home, place, id, by, configUrl, clock, log, zone, observer } = request;
  const { name } = place.target;
  const backups = home.target.location;
  observer.phase('taking the locks');
  const work = `copying ${id} to ${name}`;
  await using lock = await lockForTaking({ folder: backups, configUrl, work, by, clock });
  const signal = AbortSignal.any([request.signal, lock.lost]);
  const onUnlocked = (error: Error): void =>
    log.warn({ bundle: id, err: error }, `not locked for this copy: ${error.message}`);
  await using _ = await useIfPossible(backups, id, { holder: holderOf(work, by, clock), onUnlocked });
  const kept = await home.forReading();
  const { manifest } = await readBundle(kept.target, id);
  const total = 2 * manifest.databases.reduce((sum, { file }) => sum + file.bytes, 0);
  let done = 0;
  const onBytes = (bytes: number): void => {
    done += bytes;
    observer.bytes(done, Math.max(total, done));
  };
  const terms: TransferTerms = { onBytes, signal };
  observer.phase(`reading it on ${home.target.name}`);
  requirePassed([await verifyChecksums({ ...kept, id, by, clock, terms })], 'checksums');
  observer.phase(`copying to ${name}`);
  const pin = (await kept.records.pins()).get(id) ?? null;
  const folder = home.target.bundleFolder(id);
  await bringCopy(place, { folder, backups, manifest, pin, by, clock, log, zone, terms });
}
