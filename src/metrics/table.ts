/** One metric as it is made and as it is documented. */
export interface MetricSpec {
  readonly type: 'gauge' | 'counter' | 'histogram';
  readonly help: string;
  /** What each label holds. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Upper bounds of a histogram. */
  readonly buckets?: readonly number[];
}

/** All metrics of a program by name. Names follow https://prometheus.io/docs/practices/naming/. */
export type MetricTable = Readonly<Record<string, MetricSpec>>;

/** Those names of a table that are of one type. */
export type NameOf<T extends MetricTable, K extends MetricSpec['type']> = {
  [N in keyof T]: T[N] extends { readonly type: K } ? N : never;
}[keyof T] &
  string;

/** One series of a gauge at the moment it is asked for. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}
