import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';
import { schemaStatuses, verdictStatuses, type ReleasePosture } from '../contract/index.ts';
import { summariseCensus, type Fleet } from '../fleet/index.ts';
import { sampledGauge } from '../http/index.ts';
import type { PostureSource } from '../posture/index.ts';

/** What the manager counts, and the text that Prometheus reads. */
export interface Metrics {
  readonly contentType: string;
  text(): Promise<string>;
  observeRequest(facts: { method: string; route: string; status: number; seconds: number }): void;
  countSignIn(method: 'password' | 'recovery', outcome: 'accepted' | 'refused'): void;
}

export interface MetricsDeps {
  readonly posture: PostureSource;
  readonly fleet: Pick<Fleet, 'figures' | 'window'>;
  /** How many audit events wait for the database. */
  readonly auditWaiting: () => number;
  /** When the directory of users was last read; null if never. */
  readonly directoryReadAt: () => Date | null;
}

/** The manager's metrics in a registry of their own; the posture's and the fleet's are taken from memory when asked. */
export function createMetrics(deps: MetricsDeps): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'plimsoll_http_request_duration_seconds',
    help: 'Time from the first byte of a request to the last of its answer.',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3],
    registers: [registry],
  });
  const signIns = new Counter({
    name: 'plimsoll_sign_ins_total',
    help: 'Sign-ins by method and outcome.',
    labelNames: ['method', 'outcome'] as const,
    registers: [registry],
  });
  addPostureMetrics(registry, deps.posture);
  addFleetMetrics(registry, deps.fleet);
  addSessionMetrics(registry, deps);
  return {
    contentType: registry.contentType,
    text: async () => await registry.metrics(),
    observeRequest: ({ method, route, status, seconds }) => {
      requests.observe({ method, route, status: String(status) }, seconds);
    },
    countSignIn: (method, outcome) => {
      signIns.inc({ method, outcome });
    },
  };
}

function addPostureMetrics(registry: Registry, source: PostureSource): void {
  const posture = (): ReleasePosture => source.current().posture;
  sampledGauge(
    registry,
    {
      name: 'plimsoll_schema_version',
      help: 'Schema version of a database: current (absent while it cannot be read) and required by this release.',
      labelNames: ['database', 'kind'],
    },
    () =>
      posture()
        .databases.flatMap(({ name, current, required }) => [
          { database: name, kind: 'required', version: required },
          { database: name, kind: 'current', version: current },
        ])
        .flatMap(({ version, ...labels }) => (version === null ? [] : { labels, value: version })),
  );
  sampledGauge(
    registry,
    { name: 'plimsoll_schema_status', help: '1 for the status a database has.', labelNames: ['database', 'status'] },
    () => posture().databases.flatMap(({ name, status }) => oneOf(schemaStatuses, status, { database: name })),
  );
  sampledGauge(
    registry,
    { name: 'plimsoll_verdict', help: '1 for the verdict of the deployment.', labelNames: ['status'] },
    () => oneOf(verdictStatuses, posture().verdict.status, {}),
  );
  sampledGauge(
    registry,
    { name: 'plimsoll_gate_open', help: '1 while everything is switched on, 0 while a part is off.', labelNames: [] },
    () => [{ labels: {}, value: posture().gate.open ? 1 : 0 }],
  );
  sampledGauge(
    registry,
    {
      name: 'plimsoll_queue_jobs_without_scanner',
      help: 'Queued jobs (told up to 10000) that no scanner is eligible for; absent while that is not known.',
      labelNames: [],
    },
    () => {
      const { withoutScanner } = posture().scanners.queuedJobs;
      return withoutScanner === null ? [] : [{ labels: {}, value: withoutScanner }];
    },
  );
  sampledGauge(
    registry,
    { name: 'plimsoll_app_info', help: 'Always 1; the labels tell the release.', labelNames: ['version', 'image_sha'] },
    () => [{ labels: { version: posture().app.version, image_sha: posture().app.imageSha }, value: 1 }],
  );
}

function addFleetMetrics(registry: Registry, fleet: MetricsDeps['fleet']): void {
  sampledGauge(
    registry,
    {
      name: 'plimsoll_scanners',
      help: 'Scanners registered, by whether this release speaks their protocol and whether they call; absent while they cannot be counted.',
      labelNames: ['in_window', 'online'],
    },
    () => {
      const { census } = fleet.figures();
      if (census === undefined) return [];
      const { groups } = summariseCensus(census, fleet.window);
      return [true, false].flatMap((inWindow) => {
        const alike = groups.filter((group) => group.inWindow === inWindow);
        const online = alike.reduce((sum, group) => sum + group.online, 0);
        const all = alike.reduce((sum, { count }) => sum + count, 0);
        const labels = { in_window: String(inWindow) };
        return [
          { labels: { ...labels, online: 'true' }, value: online },
          { labels: { ...labels, online: 'false' }, value: all - online },
        ];
      });
    },
  );
  sampledGauge(
    registry,
    {
      name: 'plimsoll_queue_jobs',
      help: 'Jobs that have not ended: ready for a scanner (told up to 100000), waiting for another attempt, leased to one.',
      labelNames: ['state'],
    },
    () => {
      const { queue } = fleet.figures();
      if (queue === undefined) return [];
      return (['ready', 'waiting', 'leased'] as const).map((state) => ({ labels: { state }, value: queue[state] }));
    },
  );
  sampledGauge(
    registry,
    {
      name: 'plimsoll_queue_oldest_ready_seconds',
      help: 'How long the job that is ready longest could have been given to a scanner; 0 if none is ready.',
      labelNames: [],
    },
    () => {
      const { queue } = fleet.figures();
      return queue === undefined ? [] : [{ labels: {}, value: queue.oldestReadySeconds }];
    },
  );
}

function oneOf(
  all: readonly string[],
  actual: string,
  labels: Readonly<Record<string, string>>,
): { labels: Record<string, string>; value: number }[] {
  return all.map((status) => ({ labels: { ...labels, status }, value: status === actual ? 1 : 0 }));
}

function addSessionMetrics(registry: Registry, deps: MetricsDeps): void {
  sampledGauge(
    registry,
    { name: 'plimsoll_audit_events_waiting', help: 'Audit events not yet in the config database.', labelNames: [] },
    () => [{ labels: {}, value: deps.auditWaiting() }],
  );
  sampledGauge(
    registry,
    {
      name: 'plimsoll_directory_read_timestamp_seconds',
      help: 'When users and tokens were last read; absent if never.',
      labelNames: [],
    },
    () => {
      const readAt = deps.directoryReadAt();
      return readAt === null ? [] : [{ labels: {}, value: readAt.getTime() / 1000 }];
    },
  );
}
