import type { CandidateState, UpgradeCandidate } from '../contract/index.ts';

/** What the state of a candidate follows from. */
export interface CandidateFacts {
  /** A migrator is at work on one of the databases. */
  readonly migrating: boolean;
  /** Parts that the answer needs and that cannot be read now. */
  readonly unknown: number;
  /** What is so now and forbids the upgrade. */
  readonly blocked: number;
  /** Every database is where the candidate needs it, and one of them further than the running release does. */
  readonly migrated: boolean;
  readonly run: Pick<UpgradeCandidate['run'], 'stale' | 'status'>;
  /** Checks of the run that failed. */
  readonly failed: readonly string[];
  readonly acknowledgement: UpgradeCandidate['acknowledgement'];
}

/** The first that holds, as the contract orders them. Pure. */
export function candidateStateOf(facts: CandidateFacts): CandidateState {
  const { run } = facts;
  if (facts.migrating) return 'migrating';
  if (facts.unknown > 0) return 'unknown';
  if (facts.blocked > 0) return 'blocked';
  if (facts.migrated) return 'migrated';
  if (run.stale) return 'stale';
  if (run.status === 'fail') return isOnlyUnacknowledged(facts) ? 'acknowledge' : 'failed';
  return run.status === 'warn' ? 'warned' : 'ready';
}

function isOnlyUnacknowledged({ failed, acknowledgement }: CandidateFacts): boolean {
  return acknowledgement !== null && !acknowledgement.given && failed.join() === 'pending_migrations';
}
