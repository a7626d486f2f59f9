import { summariseCensus } from '../../fleet/index.ts';
import { single } from '../../metrics/index.ts';
import type { ManagerMeter, MetricsDeps } from './types.ts';

/** The fleet and its queue, as this manager last counted them, and each lease it gave. */
export function addFleetMetrics(meter: ManagerMeter, { fleet, posture }: Pick<MetricsDeps, 'fleet' | 'posture'>): void {
  meter.sample('plimsoll_scanners', () => {
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
  });
  meter.sample('plimsoll_queue_jobs', () => {
    const { queue } = fleet.figures();
    if (queue === undefined) return [];
    return (['ready', 'waiting', 'leased'] as const).map((state) => ({ labels: { state }, value: queue[state] }));
  });
  meter.sample('plimsoll_queue_oldest_ready_seconds', () => single(fleet.figures().queue?.oldestReadySeconds));
  meter.sample('plimsoll_queue_jobs_without_scanner', () =>
    single(posture.current().posture.scanners.queuedJobs.withoutScanner),
  );
  const durations = meter.histogram('plimsoll_lease_duration_seconds');
  const waits = meter.histogram('plimsoll_job_wait_seconds');
  fleet.onLeased(({ seconds, waitedSeconds }) => {
    durations.observe(seconds);
    for (const waited of waitedSeconds) waits.observe(waited);
  });
}
