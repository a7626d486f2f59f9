import type { Clock } from '../../base/index.ts';
import type { Fleet } from '../../fleet/index.ts';
import type { Meter } from '../../metrics/index.ts';
import type { Notifier } from '../../notify/index.ts';
import type { PostureSource } from '../../posture/index.ts';
import type { managerMetrics } from './table.ts';

export type ManagerMeter = Meter<typeof managerMetrics>;

export interface MetricsDeps {
  readonly posture: PostureSource;
  readonly fleet: Pick<Fleet, 'figures' | 'window' | 'onLeased'>;
  readonly clock: Clock;
  readonly notifications: Pick<Notifier, 'figures' | 'onAttempt'>;
  /** How many audit events wait for the database. */
  readonly auditWaiting: () => number;
  /** How many changes of the posture do. */
  readonly changesWaiting: () => number;
  /** When the directory of users was last read; null if never. */
  readonly directoryReadAt: () => Date | null;
}
