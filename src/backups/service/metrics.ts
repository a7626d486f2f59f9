import { runKinds, type BackupRun, type BackupTargetState } from '../../contract/index.ts';
import { age, createMeter, moment, single, type Meter, type MetricsText } from '../../metrics/index.ts';
import { latestWhole, listEntries } from './entries.ts';
import { backupMetrics } from './metrics-table.ts';
import { describeTargets, type StatusSources } from './status.ts';

/** The text that Prometheus reads. */
export interface ServiceMetrics {
  read(accept: string | undefined): Promise<MetricsText>;
}

type ServiceMeter = Meter<typeof backupMetrics>;

/** The service's metrics; what is in memory is told when it is asked for. A time that is not known is absent. */
export function createServiceMetrics(sources: StatusSources): ServiceMetrics {
  const meter = createMeter(backupMetrics);
  const { version, imageSha } = sources.app;
  meter.sample('plimsoll_backup_build_info', () => [{ labels: { version, image_sha: imageSha }, value: 1 }]);
  countRuns(meter, sources);
  addRunMetrics(meter, sources);
  addBundleMetrics(meter, sources);
  addTargetMetrics(meter, sources);
  return { read: async (accept) => await meter.read(accept) };
}

function countRuns(meter: ServiceMeter, { runs }: StatusSources): void {
  const ended = meter.counter('plimsoll_backup_runs_total');
  const durations = meter.histogram('plimsoll_backup_run_duration_seconds');
  // There from the first scrape, so that the first failure is an increase.
  for (const kind of runKinds)
    for (const result of ['succeeded', 'failed', 'cancelled', 'interrupted']) ended.inc({ kind, result }, 0);
  runs.subscribe(({ run: { kind, state, startedAt, finishedAt } }) => {
    if (state === 'running') return;
    ended.inc({ kind, result: state });
    if (finishedAt !== null) durations.observe({ kind }, (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000);
  });
}

function addRunMetrics(meter: ServiceMeter, { runs, facts }: StatusSources): void {
  const newest = (): BackupRun[] =>
    runKinds.flatMap((kind) => runs.past().find((run) => run.kind === kind && run.state !== 'running') ?? []);
  meter.sample('plimsoll_backup_running', () => single(runs.current() === null ? 0 : 1));
  meter.sample('plimsoll_backup_last_run_success', () =>
    newest().map(({ kind, state }) => ({ labels: { kind }, value: state === 'succeeded' ? 1 : 0 })),
  );
  meter.sample('plimsoll_backup_last_run_timestamp_seconds', () =>
    newest().flatMap(({ kind, startedAt, finishedAt }) => moment(finishedAt ?? startedAt, { kind })),
  );
  meter.sample('plimsoll_backup_schedule_next_timestamp_seconds', () => {
    const { takeSchedule, proveSchedule } = facts();
    return [...moment(takeSchedule.next, { kind: 'take' }), ...moment(proveSchedule.next, { kind: 'prove' })];
  });
}

function addBundleMetrics(meter: ServiceMeter, { catalogue, clock, maxAgeSeconds }: StatusSources): void {
  const bundles = () => listEntries(catalogue.shelves()).bundles;
  const newest = () => latestWhole(catalogue.shelves());
  const provenAt = () =>
    bundles()
      .flatMap((bundle) => bundle.provenAt ?? [])
      .sort()
      .at(-1);
  meter.sample('plimsoll_backup_last_bundle_timestamp_seconds', () => moment(newest()?.createdAt));
  meter.sample('plimsoll_backup_last_bundle_age_seconds', () => age(newest()?.createdAt, clock.now()));
  meter.sample('plimsoll_backup_last_bundle_bytes', () => single(newest()?.bytes));
  meter.sample('plimsoll_backup_last_proven_timestamp_seconds', () => moment(provenAt()));
  meter.sample('plimsoll_backup_last_proven_age_seconds', () => age(provenAt(), clock.now()));
  meter.sample('plimsoll_backup_max_age_seconds', () => single(maxAgeSeconds));
  meter.sample('plimsoll_backup_bundles', () => {
    const all = bundles();
    return ['completed', 'verified', 'proven', 'damaged'].map((name) => ({
      labels: { state: name },
      value: all.filter(({ state }) => state === name).length,
    }));
  });
}

function addTargetMetrics(meter: ServiceMeter, sources: StatusSources): void {
  const each = (valueOf: (target: BackupTargetState) => number | null) => () =>
    describeTargets(sources).flatMap((target) => single(valueOf(target), { target: target.name }));
  meter.sample(
    'plimsoll_backup_target_up',
    each(({ status }) => (status === 'ok' ? 1 : 0)),
  );
  meter.sample(
    'plimsoll_backup_target_used_bytes',
    each(({ usedBytes }) => usedBytes),
  );
  meter.sample(
    'plimsoll_backup_target_free_bytes',
    each(({ freeBytes }) => freeBytes),
  );
  meter.sample(
    'plimsoll_backup_target_missing_bundles',
    each(({ copies }) => copies && copies.missing.length),
  );
}
