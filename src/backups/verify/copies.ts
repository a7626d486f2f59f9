import { AppError, hasCode, messageOf, type Clock, type Secret } from '../../base/index.ts';
import type { BundleManifest, DatabaseName, Verification, VerificationMethod } from '../../contract/index.ts';
import { readBundle } from '../bundle/index.ts';
import { holderOf, lockForReading, useIfPossible } from '../lock/index.ts';
import type { KeptTarget, Place } from '../places.ts';
import { proveBundle } from '../prove/index.ts';
import { sourceOn, type Unseal } from '../reload/source.ts';
import type { DumpEngines } from '../types.ts';
import { verifyError } from './errors.ts';
import { verifyChecksums } from './verify.ts';

/** Where a verification tells how far it is. */
export interface VerifyObserver {
  /** What it is doing, in a few words. */
  phase(text: string): void;
  /** So many bytes were read, of so many. */
  bytes(done: number, total: number): void;
}

export interface CopiesRequest {
  readonly places: readonly Place[];
  readonly id: string;
  readonly by: string;
  readonly clock: Clock;
  readonly observer: VerifyObserver;
  readonly signal: AbortSignal;
  /** What keeps everybody else away meanwhile; without it, for a bundle that lies by itself. */
  readonly lock?: VerifyLock | undefined;
  /** Called when nothing else can be at work any more. */
  readonly onBegun?: (() => Promise<void>) | undefined;
}

export interface VerifyLock {
  /** BACKUP_DIR. */
  readonly folder: string;
  /** Of the config database; undefined where nobody said which it is. */
  readonly configUrl: Secret | undefined;
  /** Told what could not be locked: the bundle is verified all the same. */
  readonly onUnlocked: (error: AppError) => void;
}

interface Copy {
  readonly kept: KeptTarget;
  readonly manifest: BundleManifest | undefined;
}

/**
 * Verifies by its checksums every copy of a bundle, wherever it lies. A place that cannot be read is an outcome of its own.
 * Throws `bundle_missing` when no place has it, `backup_busy`.
 */
export async function verifyCopies(request: CopiesRequest): Promise<readonly Verification[]> {
  return await locked(request, 'verifying a bundle', async () => await verifyAll(request));
}

async function verifyAll(request: CopiesRequest): Promise<readonly Verification[]> {
  const { id, by, clock, observer, signal } = request;
  const { copies, unread } = await findCopies(request);
  const total = copies.reduce((sum, { manifest }) => sum + bytesOf(manifest), 0);
  const verifications: Verification[] = [...unread];
  let done = 0;
  const onBytes = (bytes: number): void => {
    done += bytes;
    observer.bytes(done, Math.max(total, done));
  };
  for (const { kept } of copies) {
    observer.phase(`reading the copy on ${kept.target.name}`);
    verifications.push(await verifyChecksums({ ...kept, id, by, clock, terms: { onBytes, signal } }));
  }
  return verifications;
}

export interface ProveCopyRequest extends CopiesRequest {
  readonly findEngines: () => Promise<DumpEngines>;
  /** The setting BACKUP_PROVE_DATABASE_URL. */
  readonly proveUrl: Secret | undefined;
  /** For an encrypted bundle; undefined when nobody gave an identity. */
  readonly unseal: Unseal | undefined;
}

/** Proves a bundle by a restore, from the first place that has it. Throws `bundle_missing` when none has, `backup_busy`. */
export async function proveCopy(request: ProveCopyRequest): Promise<readonly Verification[]> {
  return await locked(request, 'proving a bundle', async () => await proveFirst(request));
}

/** One at a time, beside no taking, and the bundle stays until it is done. */
async function locked<T>(
  { lock, id, by, clock, onBegun }: CopiesRequest,
  work: string,
  run: () => Promise<T>,
): Promise<T> {
  if (lock === undefined) return await run();
  const { folder, configUrl, onUnlocked } = lock;
  await using held = new AsyncDisposableStack();
  held.use(await lockForReading({ folder, configUrl, work, by, clock }, onUnlocked));
  held.use(await useIfPossible(folder, id, { holder: holderOf(work, by, clock), onUnlocked }));
  await onBegun?.();
  return await run();
}

async function proveFirst(request: ProveCopyRequest): Promise<readonly Verification[]> {
  const { by, clock, observer, signal, unseal, proveUrl } = request;
  const { copies, unread } = await findCopies(request);
  const copy = copies.find(({ manifest }) => manifest !== undefined) ?? copies[0];
  if (copy === undefined) return unread;
  const { kept, manifest } = copy;
  if (manifest === undefined)
    return [await verifyChecksums({ ...kept, id: request.id, by, clock, terms: { onBytes: () => undefined, signal } })];
  const read = new Map<DatabaseName, number>();
  const verification = await proveBundle({
    source: sourceOn(kept.target, manifest),
    engines: await request.findEngines(),
    unseal,
    url: proveUrl,
    by,
    clock,
    signal,
    onBytes: (name, bytes) => {
      read.set(name, bytes);
      observer.bytes(
        [...read.values()].reduce((sum, each) => sum + each, 0),
        bytesOf(manifest),
      );
    },
    onPhase: (text) => observer.phase(text),
  });
  // What could not be checked may be due to the place itself, which then keeps no line of it.
  const writing = kept.records.record(verification);
  await (verification.result === 'could_not_check' ? writing.catch(() => undefined) : writing);
  return [verification];
}

interface FoundCopies {
  readonly copies: readonly Copy[];
  /** Places that could not be asked. */
  readonly unread: readonly Verification[];
}

async function findCopies({ places, id, by, clock }: CopiesRequest): Promise<FoundCopies> {
  const copies: Copy[] = [];
  const unread: Verification[] = [];
  let missing: unknown;
  for (const place of places) {
    try {
      const kept = await place.forReading();
      copies.push({ kept, manifest: await readManifest(kept, id) });
    } catch (error) {
      if (hasCode(error, 'bundle_missing')) missing ??= error;
      else unread.push(unreadable({ id, by, clock, target: place.target.name, message: messageOf(error) }));
    }
  }
  if (copies.length === 0 && unread.length === 0 && missing !== undefined) throw missing;
  return { copies, unread };
}

/** Undefined for a bundle whose description is damaged; it is for the verification to say so. */
async function readManifest({ target }: KeptTarget, id: string): Promise<BundleManifest | undefined> {
  try {
    return (await readBundle(target, id)).manifest;
  } catch (error) {
    if (error instanceof AppError && error.code.startsWith('bundle_') && error.code !== 'bundle_missing')
      return undefined;
    throw error;
  }
}

function bytesOf(manifest: BundleManifest | undefined): number {
  return manifest?.databases.reduce((sum, { file }) => sum + file.bytes, 0) ?? 0;
}

interface Unread {
  readonly id: string;
  readonly by: string;
  readonly clock: Clock;
  readonly target: string;
  readonly message: string;
}

function unreadable({ id, by, clock, target, message }: Unread): Verification {
  return {
    bundleId: id,
    target,
    at: clock.now().toISOString(),
    method: 'checksums',
    result: 'could_not_check',
    by,
    durationMs: 0,
    message,
  };
}

/** Throws `bundle_damaged` when any copy failed, `bundle_not_checked` when none could be checked or one could not. */
export function requirePassed(verifications: readonly Verification[], method: VerificationMethod): void {
  const failed = verifications.find(({ result }) => result === 'failed');
  const open = verifications.find(({ result }) => result === 'could_not_check');
  const first = failed ?? open;
  if (first === undefined) return;
  const { bundleId, target, message } = first;
  const how = method === 'restore' ? 'proven' : 'verified';
  throw verifyError(failed === undefined ? 'bundle_not_checked' : 'bundle_damaged', {
    message: `the bundle ${bundleId} on ${target} ${failed === undefined ? `could not be ${how}` : 'is damaged'}: ${message}`,
    hint:
      failed === undefined
        ? 'Mend what the message names, and verify it again.'
        : 'Use another copy or another bundle, and take a new one with `plimsoll backup take`.',
    details: { verifications },
  });
}
