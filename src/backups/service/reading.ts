import { backupServiceError } from './errors.ts';
import type { Shelf } from './catalogue.ts';

/**
 * Refuses while it cannot be said which bundles there are: no target was read since the start, or those that were hold
 * none and another could hold some. "None" is never a guess.
 */
export function requireReading(shelves: readonly Shelf[]): void {
  const unread = shelves.filter(({ reading }) => reading === undefined);
  const anyKnown = shelves.some(({ reading }) => (reading?.bundles.length ?? 0) > 0);
  const [first] = unread;
  if (first === undefined || anyKnown) return;
  throw backupServiceError('backup_targets_unread', {
    message: `it is not known which bundles there are: ${unread.map(({ target, error }) => `${target.name}: ${error?.message ?? 'not read yet'}`).join('; ')}`,
    hint: `Look at ${first.target.location} and at the log of the backup service.`,
    details: { retryAfterSeconds: 5 },
  });
}
