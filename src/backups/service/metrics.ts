import { collectDefaultMetrics, Counter, Registry } from 'prom-client';
import { runKinds, type BackupTargetState } from '../../contract/index.ts';
import { sampledGauge, type Sample } from '../../http/index.ts';
import { latestWhole, listEntries } from './entries.ts';
import { describeTargets, type StatusSources } from './status.ts';

/** The text that Prometheus reads. */
export interface ServiceMetrics {
  readonly contentType: string;
  text(): Promise<string>;
}

/** Metrics in a registry of their own; what is in memory is told when it is asked for. A time that is not known is absent. */
export function createServiceMetrics(sources: StatusSources): ServiceMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  countRuns(registry, sources);
  addBundleMetrics(registry, sources);
  addTargetMetrics(registry, sources);
  return { contentType: registry.contentType, text: async () => await registry.metrics() };
}

function countRuns(registry: Registry, { runs }: StatusSources): void {
  const ended = new Counter({
    name: 'plimsoll_backup_runs_total',
    help: 'Runs that ended since the start, by kind and result.',
    labelNames: ['kind', 'result'] as const,
    registers: [registry],
  });
  // There from the first scrape, so that the first failure is an increase.
  for (const kind of runKinds)
    for (const result of ['succeeded', 'failed', 'cancelled', 'interrupted']) ended.inc({ kind, result }, 0);
  runs.subscribe(({ run }) => {
    if (run.state !== 'running') ended.inc({ kind: run.kind, result: run.state });
  });
}

function addBundleMetrics(registry: Registry, { catalogue, clock, facts, maxAgeSeconds, runs }: StatusSources): void {
  const secondsSince = (instant: string | null | undefined): Sample[] =>
    instant === null || instant === undefined
      ? []
      : [{ labels: {}, value: Math.max(0, (clock.now().getTime() - Date.parse(instant)) / 1000) }];
  const bundles = () => listEntries(catalogue.shelves()).bundles;
  sampled(registry, 'last_bundle_age_seconds', 'Seconds since the newest bundle that is whole was taken.', [], () =>
    secondsSince(latestWhole(catalogue.shelves())?.createdAt),
  );
  sampled(registry, 'last_proven_age_seconds', 'Seconds since a bundle last proved itself by a restore.', [], () =>
    secondsSince(
      bundles()
        .flatMap(({ provenAt }) => provenAt ?? [])
        .sort()
        .at(-1),
    ),
  );
  sampled(registry, 'last_bundle_bytes', 'Size of the newest bundle that is whole.', [], () => {
    const newest = latestWhole(catalogue.shelves());
    return newest === null ? [] : [{ labels: {}, value: newest.bytes }];
  });
  sampled(registry, 'bundles', 'Bundles by what is known of them.', ['state'], () => {
    const all = bundles();
    return ['completed', 'verified', 'proven', 'damaged'].map((name) => ({
      labels: { state: name },
      value: all.filter(({ state }) => state === name).length,
    }));
  });
  sampled(registry, 'max_age_seconds', 'A newest bundle older than this is too old.', [], () => [
    { labels: {}, value: maxAgeSeconds },
  ]);
  sampled(registry, 'running', '1 while a run is at work.', [], () => [
    { labels: {}, value: runs.current() === null ? 0 : 1 },
  ]);
  sampled(registry, 'schedule_next_timestamp_seconds', 'When a bundle is next taken or proven.', ['kind'], () => {
    const { takeSchedule, proveSchedule } = facts();
    return [['take', takeSchedule.next] as const, ['prove', proveSchedule.next] as const].flatMap(([kind, next]) =>
      next === null ? [] : [{ labels: { kind }, value: Date.parse(next) / 1000 }],
    );
  });
}

function addTargetMetrics(registry: Registry, sources: StatusSources): void {
  const each = (valueOf: (target: BackupTargetState) => number | null) => () =>
    describeTargets(sources).flatMap((target) => {
      const value = valueOf(target);
      return value === null ? [] : [{ labels: { target: target.name }, value }];
    });
  sampled(
    registry,
    'target_up',
    '1 while a target can be read.',
    ['target'],
    each(({ status }) => (status === 'ok' ? 1 : 0)),
  );
  sampled(
    registry,
    'target_used_bytes',
    'Bytes of bundles on a target.',
    ['target'],
    each(({ usedBytes }) => usedBytes),
  );
  sampled(
    registry,
    'target_free_bytes',
    'Free bytes of a target that can tell.',
    ['target'],
    each(({ freeBytes }) => freeBytes),
  );
  sampled(
    registry,
    'target_missing_bundles',
    'Bundles that a target should have a copy of and has not.',
    ['target'],
    each(({ copies }) => copies && copies.missing.length),
  );
}

function sampled(
  ...[registry, name, help, labelNames, samples]: readonly [
    Registry,
    string,
    string,
    readonly string[],
    () => readonly Sample[],
  ]
): void {
  sampledGauge(registry, { name: `plimsoll_backup_${name}`, help, labelNames }, samples);
}
