import { createMeter, moment, single, type MetricsText } from '../../metrics/index.ts';
import { addBackupMetrics } from './backup.ts';
import { addFleetMetrics } from './fleet.ts';
import { addPostureMetrics } from './posture.ts';
import { managerMetrics } from './table.ts';
import type { ManagerMeter, MetricsDeps } from './types.ts';

/** What the manager counts, and the text that Prometheus reads. */
export interface Metrics {
  read(accept: string | undefined): Promise<MetricsText>;
  observeRequest(facts: { method: string; route: string; status: number; seconds: number }): void;
  countSignIn(method: 'password' | 'oidc' | 'recovery', outcome: 'accepted' | 'refused'): void;
}

/** The manager's metrics; the posture's and the fleet's are taken from memory when asked. */
export function createMetrics(deps: MetricsDeps): Metrics {
  const meter = createMeter(managerMetrics);
  const requests = meter.histogram('plimsoll_http_request_duration_seconds');
  const signIns = meter.counter('plimsoll_sign_ins_total');
  addPostureMetrics(meter, deps.posture);
  addBackupMetrics(meter, deps);
  addFleetMetrics(meter, deps);
  addNotificationMetrics(meter, deps);
  meter.sample('plimsoll_audit_events_waiting', () => single(deps.auditWaiting()));
  meter.sample('plimsoll_history_changes_waiting', () => single(deps.changesWaiting()));
  meter.sample('plimsoll_directory_read_timestamp_seconds', () => moment(deps.directoryReadAt()));
  return {
    read: async (accept) => await meter.read(accept),
    observeRequest: ({ method, route, status, seconds }) => {
      requests.observe({ method, route, status: String(status) }, seconds);
    },
    countSignIn: (method, outcome) => {
      signIns.inc({ method, outcome });
    },
  };
}

function addNotificationMetrics(meter: ManagerMeter, { notifications }: Pick<MetricsDeps, 'notifications'>): void {
  const attempts = meter.counter('plimsoll_notifications_total');
  notifications.onAttempt((channel, outcome) => attempts.inc({ channel, outcome }));
  meter.sample('plimsoll_notifications_waiting', () =>
    Object.entries(notifications.figures().waiting ?? {}).flatMap(([channel, value]) => single(value, { channel })),
  );
  meter.sample('plimsoll_notification_last_delivered_timestamp_seconds', () =>
    notifications.figures().lastDelivered.flatMap(({ channel, at }) => moment(at, { channel })),
  );
}
