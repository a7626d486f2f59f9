import type { Clock } from '../../base/index.ts';
import type { DeployHost } from './host.ts';
import type { DeployJournals } from './journal.ts';

/** How long the steps that wait do so. */
export interface DeployPatience {
  /** For one manager to answer that it is ready. */
  readonly readyMs: number;
  /** For which a manager is to stay ready before it counts: whatever stands in front has found it by then. */
  readonly settledMs: number;
  /** For the posture to be ok, once every manager is. */
  readonly postureMs: number;
  /** Between two looks. */
  readonly pollMs: number;
}

/** All that deploying stands on. */
export interface DeployContext {
  readonly host: DeployHost;
  readonly journals: DeployJournals;
  readonly clock: Clock;
  readonly by: string;
  /** Name of this machine. */
  readonly machine: string;
  readonly patience: DeployPatience;
  /** Aborted when the operator wants it to end; the journal then says where it stands. */
  readonly signal: AbortSignal;
  /** Gets one line about each thing that is begun or done. */
  readonly report: (line: string) => void;
}
