import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { isOpenMetricsWanted, openMetricsType, toOpenMetrics } from './open-metrics.ts';
import type { MetricSpec, MetricTable, NameOf, Sample } from './table.ts';

/** The metrics of one program, in a registry of their own. */
export interface Meter<T extends MetricTable> {
  /** Says from what a gauge is worked out at each scrape; without a sample it is absent, never 0. */
  sample(name: NameOf<T, 'gauge'>, samples: () => readonly Sample[]): void;
  counter(name: NameOf<T, 'counter'>): Counter;
  histogram(name: NameOf<T, 'histogram'>): Histogram;
  /** What Prometheus reads, in the form that its Accept header asks for. */
  read(accept: string | undefined): Promise<MetricsText>;
}

export interface MetricsText {
  readonly contentType: string;
  readonly text: string;
}

/** prom-client's own, which are gauges with the suffix of a counter; `nodejs_active_resources` tells the same. */
const misnamed = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** Makes every metric of the table, and those of the process. */
export function createMeter<const T extends MetricTable>(table: T): Meter<T> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of misnamed) registry.removeSingleMetric(name);
  const samplers = new Map<string, () => readonly Sample[]>();
  const made = new Map<string, Counter | Gauge | Histogram>();
  for (const [name, spec] of Object.entries<MetricSpec>(table)) {
    const metric = make(name, spec, () => samplers.get(name)?.() ?? []);
    registry.registerMetric(metric);
    made.set(name, metric);
  }
  return {
    sample: (name, samples) => void samplers.set(name, samples),
    counter: (name) => made.get(name) as Counter,
    histogram: (name) => made.get(name) as Histogram,
    read: async (accept) => {
      const text = await registry.metrics();
      return isOpenMetricsWanted(accept)
        ? { contentType: openMetricsType, text: toOpenMetrics(text) }
        : { contentType: registry.contentType, text };
    },
  };
}

function make(name: string, spec: MetricSpec, samples: () => readonly Sample[]): Counter | Gauge | Histogram {
  const common = { name, help: spec.help, labelNames: Object.keys(spec.labels ?? {}), registers: [] };
  if (spec.type === 'counter') return new Counter(common);
  if (spec.type === 'histogram') return new Histogram({ ...common, buckets: [...(spec.buckets ?? [])] });
  const gauge: Gauge = new Gauge({
    ...common,
    collect: () => {
      gauge.reset();
      // Reset leaves a 0 where there are no labels.
      if (common.labelNames.length === 0) gauge.remove();
      for (const { labels, value } of samples()) gauge.set({ ...labels }, value);
    },
  });
  return gauge;
}

type Labels = Readonly<Record<string, string>>;

/** One sample; none if there is no number. */
export function single(value: number | null | undefined, labels: Labels = {}): Sample[] {
  return value === null || value === undefined ? [] : [{ labels, value }];
}

/** A moment as a sample, in seconds since 1970. */
export function moment(instant: string | Date | null | undefined, labels: Labels = {}): Sample[] {
  return instant === null || instant === undefined ? [] : single(new Date(instant).getTime() / 1000, labels);
}

/** The seconds from a moment until now. */
export function age(instant: string | null | undefined, now: Date): Sample[] {
  return moment(instant).map(({ labels, value }) => ({ labels, value: Math.max(0, now.getTime() / 1000 - value) }));
}

/** One series for each possible status: 1 for the actual one. */
export function oneOf(all: readonly string[], actual: string, labels: Labels = {}): Sample[] {
  return all.map((status) => ({ labels: { ...labels, status }, value: status === actual ? 1 : 0 }));
}
