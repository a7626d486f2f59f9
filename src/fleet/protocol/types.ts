import type { ResultRequest } from '../../contract/index.ts';

/** What one wire-protocol version stands for: how jobs and results travel. The envelope is the same for all. */
export interface ProtocolVersion {
  readonly version: number;
  /** How many jobs one lease call is given when it asks for `max`. */
  jobsFor(max: number): number;
  /** The outcomes a result may have. */
  readonly outcomes: ReadonlySet<ResultRequest['outcome']>;
  /** Whether heartbeats tell this scanner which jobs to stop. */
  readonly tellsCancel: boolean;
}
