import { listBundles } from '../bundle/index.ts';
import { mapConcurrently } from '../concurrently.ts';
import type { Place } from '../places.ts';
import type { ShelfSource } from './catalogue.ts';

const readsAtOnce = 8;

/** Reads a place for the catalogue: its bundles, and what is kept of them beside. */
export function shelfSource(place: Place): ShelfSource {
  return {
    target: place.target,
    read: async (signal) => {
      const { target, records } = await place.forReading();
      const [listing, pins, freeBytes] = await Promise.all([
        listBundles(target, signal),
        records.pins(),
        target.freeBytes(),
      ]);
      const bundles = await mapConcurrently(listing.bundles, readsAtOnce, async ({ manifest, storedBytes, misfit }) => {
        signal.throwIfAborted();
        return { manifest, storedBytes, misfit, verifications: await records.verifications(manifest.id) };
      });
      return { bundles, broken: listing.broken, pins, freeBytes };
    },
  };
}
