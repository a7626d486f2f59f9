import { listBundles } from '../bundle/index.ts';
import { mapConcurrently } from '../concurrently.ts';
import type { BackupTarget, BundleRecords } from '../types.ts';
import type { ShelfSource } from './catalogue.ts';

const readsAtOnce = 8;

/** Reads a target for the catalogue: its bundles, and what is kept of them beside. */
export function shelfSource(target: BackupTarget, records: BundleRecords): ShelfSource {
  return {
    target,
    read: async (signal) => {
      const [listing, pins, freeBytes] = await Promise.all([
        listBundles(target, signal),
        records.pins(),
        target.freeBytes(),
      ]);
      const bundles = await mapConcurrently(listing.bundles, readsAtOnce, async ({ manifest, storedBytes }) => {
        signal.throwIfAborted();
        return { manifest, storedBytes, verifications: await records.verifications(manifest.id) };
      });
      return { bundles, broken: listing.broken, pins, freeBytes };
    },
  };
}
