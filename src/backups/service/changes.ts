import { DeadlineExceeded, withDeadline, type AppError, type Clock, type Log } from '../../base/index.ts';
import type { BundleEntry, BundlePin } from '../../contract/index.ts';
import { claimBundle } from '../lock/index.ts';
import { lockError } from '../lock/errors.ts';
import type { KeptTarget, Place } from '../places.ts';
import { forgetLedger } from '../records.ts';
import type { Catalogue } from './catalogue.ts';
import { listEntries, requireEntry } from './entries.ts';
import { backupServiceError } from './errors.ts';
import type { Runs } from './runs.ts';

export interface ChangeDeps {
  readonly places: readonly Place[];
  readonly catalogue: Catalogue;
  readonly runs: Runs;
  /** BACKUP_DIR. */
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Small changes to bundles, done at once on every place that has one. None waits longer than a place may take. */
export interface Changes {
  pin(id: string, by: string, note: string): Promise<BundleEntry>;
  unpin(id: string, by: string): Promise<BundleEntry>;
  /** Throws `bundle_protected` and `bundle_in_use`. */
  remove(id: string, by: string): Promise<void>;
}

const deadlineMs = 15_000;

/** Puts them together. */
export function createChanges(deps: ChangeDeps): Changes {
  const { catalogue, clock, log } = deps;
  const entry = (id: string): BundleEntry => requireEntry(catalogue.shelves(), id);
  return {
    pin: async (id, by, note) => {
      entry(id);
      const pin: BundlePin = { by, at: clock.now().toISOString(), note };
      await onEachCopy(deps, id, async ({ records }) => await records.pin(id, pin));
      log.info({ bundle: id, by }, 'a bundle was pinned');
      return entry(id);
    },
    unpin: async (id, by) => {
      entry(id);
      await onEachCopy(deps, id, async ({ records }) => await records.unpin(id));
      log.info({ bundle: id, by }, 'a bundle is pinned no more');
      return entry(id);
    },
    remove: async (id, by) => {
      requireUnprotected(deps, entry(id));
      await using _ = await claimBundle(deps.folder, id);
      await onEachCopy(deps, id, async ({ target }) => {
        await target.removeBundle(id);
        await forgetLedger(target, id);
      });
      log.info({ bundle: id, by }, 'a bundle was deleted');
    },
  };
}

/** Whatever place may have it: one that cannot be read is tried as well, and named when it fails. */
async function onEachCopy(
  { places, catalogue }: ChangeDeps,
  id: string,
  change: (kept: KeptTarget) => Promise<void>,
): Promise<void> {
  const { copies } = requireEntry(catalogue.shelves(), id);
  const concerned = places.filter(({ target }) =>
    copies.some((copy) => copy.target === target.name && copy.state !== 'missing'),
  );
  const outcomes = await Promise.allSettled(
    concerned.map(async (place) => {
      await within(place, async () => await change(await place.forReading()));
    }),
  );
  await withDeadline(deadlineMs, async () => await catalogue.refresh()).catch(() => undefined);
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}

async function within({ target }: Place, work: () => Promise<void>): Promise<void> {
  try {
    await withDeadline(deadlineMs, work);
  } catch (error) {
    if (!(error instanceof DeadlineExceeded)) throw error;
    throw backupServiceError('backup_target_slow', {
      message: `${target.name} (${target.location}) gave ${error.message}`,
      hint: 'Look at the disk or the store, then try again.',
      cause: error,
    });
  }
}

function requireUnprotected({ catalogue, runs }: ChangeDeps, { id, pin, state }: BundleEntry): void {
  const run = runs.current();
  if (run?.bundleId === id)
    throw lockError('bundle_in_use', {
      message: `the run ${run.id} is at work on the bundle ${id}: ${run.phase}`,
      hint: 'Wait until it has ended, or cancel it.',
      details: { run },
    });
  if (pin !== null)
    throw protectedError(id, `it is pinned by ${pin.by}${pin.note === '' ? '' : `: ${pin.note}`}`, 'Unpin it first.');
  const lastProven = listEntries(catalogue.shelves()).bundles.find((bundle) => bundle.state === 'proven');
  if (state === 'proven' && lastProven?.id === id)
    throw protectedError(id, 'it is the last one that was proven by a restore', 'Prove a newer one first.');
}

function protectedError(id: string, why: string, hint: string): AppError {
  return backupServiceError('bundle_protected', { message: `the bundle ${id} is not deleted: ${why}`, hint });
}
