import type { BundleState, Verification } from '../../contract/index.ts';

/** What the ledger of one bundle says of it. */
export interface BundleStanding {
  readonly state: BundleState;
  /** When it last passed a verification, of whichever method; null if it never did. */
  readonly verifiedAt: string | null;
  /** When it was last restored and compared; null if it never was. */
  readonly provenAt: string | null;
}

/**
 * The standing of one bundle, from the lines of its ledger in any order.
 *
 * | newest line with an outcome | a restore passed before | state |
 * |---|---|---|
 * | none | | completed |
 * | failed, either method | | damaged |
 * | restore passed | | proven |
 * | checksums passed | no, or a failure came after it | verified |
 * | checksums passed | yes, and no failure since | proven |
 *
 * `could_not_check` says nothing of the bundle and is passed over. A restore that passed reads every byte, so it also
 * verifies; a passed checksum reading after a failure does not bring an older proof back. Lines of the same instant
 * are judged by the worse one. A file that is missing now, or of another size (`misfit`), outweighs what was found before.
 */
export function standingOf(ledger: readonly Verification[], misfit: string | null = null): BundleStanding {
  const telling = ledger.filter((line) => line.result !== 'could_not_check').sort(oldestFirst);
  let state: BundleState = 'completed';
  for (const line of telling) state = next(state, line);
  const passed = telling.filter((line) => line.result === 'passed');
  return {
    state: misfit === null ? state : 'damaged',
    verifiedAt: passed.at(-1)?.at ?? null,
    provenAt: passed.findLast((line) => line.method === 'restore')?.at ?? null,
  };
}

function next(state: BundleState, line: Verification): BundleState {
  if (line.result === 'failed') return 'damaged';
  return line.method === 'restore' || state === 'proven' ? 'proven' : 'verified';
}

function oldestFirst(left: Verification, right: Verification): number {
  return Date.parse(left.at) - Date.parse(right.at) || rank(left) - rank(right);
}

function rank(line: Verification): number {
  return line.result === 'failed' ? 1 : 0;
}
