import { planRetention, type KeptBundle, type RetentionTerms } from '../retention/index.ts';

/** What a place should have and has. */
export interface CopyPlan {
  /** How many bundles its rules keep, of those at home and there. */
  readonly wanted: number;
  /** How many of these are there, damaged ones not counted. */
  readonly there: number;
  /** Those that are at home and not there, newest first. */
  readonly missing: readonly KeptBundle[];
}

export interface Holdings {
  readonly home: readonly KeptBundle[];
  readonly there: readonly KeptBundle[];
}

/**
 * Decides what a place lacks: of all that is at home or there, its own rules say what it would keep. What would go again
 * with the next run of its retention is not worth bringing, a damaged one never is, and one that is there, if damaged, is
 * left for a person to judge.
 */
export function planCopies({ home, there }: Holdings, terms: RetentionTerms): CopyPlan {
  const present = new Map(there.map((bundle) => [bundle.id, bundle]));
  const absent = home.filter(({ id, state }) => !present.has(id) && state !== 'damaged');
  // A pin is set on every copy at once; one that was set while the place was away is at home alone.
  const pinned = new Set(home.filter((bundle) => bundle.pinned).map(({ id }) => id));
  const known = there.map((bundle) => ({ ...bundle, pinned: bundle.pinned || pinned.has(bundle.id) }));
  const wanted = planRetention([...known, ...absent], terms).filter(({ keptBy }) => keptBy.length > 0);
  const missing = wanted.flatMap(({ id }) => absent.find((bundle) => bundle.id === id) ?? []);
  return {
    wanted: wanted.length,
    there: wanted.filter(({ id }) => (present.get(id)?.state ?? 'damaged') !== 'damaged').length,
    missing,
  };
}
