import { Gauge, type Registry } from 'prom-client';

export interface Sample {
  readonly labels: Record<string, string>;
  readonly value: number;
}

/** One gauge whose samples are worked out from what is in memory at each scrape; without a sample it is absent, never 0. */
export function sampledGauge(
  registry: Registry,
  spec: { readonly name: string; readonly help: string; readonly labelNames: readonly string[] },
  samples: () => readonly Sample[],
): void {
  const gauge: Gauge = new Gauge({
    ...spec,
    registers: [],
    collect: () => {
      gauge.reset();
      // Reset leaves a 0 where there are no labels.
      if (spec.labelNames.length === 0) gauge.remove();
      for (const { labels, value } of samples()) gauge.set(labels, value);
    },
  });
  registry.registerMetric(gauge);
}
