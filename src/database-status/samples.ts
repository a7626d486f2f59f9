import { z } from 'zod';
import type { CacheReading, SizeReading } from '../contract/index.ts';
import type { Counted } from './sections/size.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const keptMs = 8 * dayMs;
/** Growth is told over a week if it can be. */
const growthMs = 7 * dayMs;

export const sampleSchema = z.strictObject({
  at: z.iso.datetime(),
  bytes: z.number(),
  hits: z.number(),
  reads: z.number(),
  countedSince: z.iso.datetime(),
});
/** What was counted at one moment. */
export type Sample = z.infer<typeof sampleSchema>;

/** Adds what was counted now, unless the newest is less than an hour old; forgets what is older than eight days. */
export function keepSample(samples: readonly Sample[], counted: Counted, now: Date): readonly Sample[] {
  const newest = samples.at(-1);
  if (newest !== undefined && now.getTime() - Date.parse(newest.at) < hourMs) return samples;
  const oldest = now.getTime() - keptMs;
  return [...samples.filter(({ at }) => Date.parse(at) >= oldest), { at: now.toISOString(), ...counted }];
}

/** How the database has grown, over the last week or as long as is known; null before there is an hour to tell of. */
export function growthOf(samples: readonly Sample[], counted: Counted, now: Date): SizeReading['growth'] {
  const base = samples.find(({ at }) => now.getTime() - Date.parse(at) <= growthMs);
  if (base === undefined) return null;
  const spanMs = now.getTime() - Date.parse(base.at);
  if (spanMs < hourMs) return null;
  const bytes = counted.bytes - base.bytes;
  return { since: base.at, bytes, perDayBytes: Math.round((bytes * dayMs) / spanMs) };
}

/**
 * How many blocks were found in memory since the last sample that is an hour old, or since the oldest there is. Counters that
 * have begun anew since then, and a manager that has just started, tell of all the time since they began.
 */
export function cacheOf(samples: readonly Sample[], counted: Counted, now: Date): CacheReading {
  const usable = samples.filter(
    ({ countedSince, hits, reads, at }) =>
      countedSince === counted.countedSince &&
      hits <= counted.hits &&
      reads <= counted.reads &&
      Date.parse(at) < now.getTime(),
  );
  const base = usable.findLast(({ at }) => now.getTime() - Date.parse(at) >= hourMs) ?? usable[0];
  const hits = counted.hits - (base?.hits ?? 0);
  const reads = counted.reads - (base?.reads ?? 0);
  const blocks = hits + reads;
  return { hitRatio: blocks === 0 ? null : hits / blocks, blocks, since: base?.at ?? counted.countedSince };
}
