export { age, createMeter, moment, oneOf, single, type Meter, type MetricsText } from './meter.ts';
export type { MetricSpec, MetricTable, Sample } from './table.ts';
