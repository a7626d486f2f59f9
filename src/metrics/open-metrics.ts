/** Source: https://github.com/prometheus/OpenMetrics/blob/v1.0.0/specification/OpenMetrics.md. */
export const openMetricsType = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

/** Whether an Accept header prefers OpenMetrics to the Prometheus text format, as that of a Prometheus server does. */
export function isOpenMetricsWanted(accept: string | undefined): boolean {
  const ranges = (accept ?? '').split(',').map(parseRange);
  const best = (type: string): number => Math.max(0, ...ranges.filter((one) => one.type === type).map(({ q }) => q));
  const wanted = best('application/openmetrics-text');
  return wanted > 0 && wanted >= best('text/plain');
}

function parseRange(range: string): { type: string; q: number } {
  const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
  const q = parameters.map((parameter) => /^q=([\d.]+)$/.exec(parameter)?.[1]).find((found) => found !== undefined);
  return { type, q: Number(q ?? 1) };
}

/**
 * The Prometheus text format as OpenMetrics: counters are described without their suffix, there are no empty lines, and
 * the end is marked. prom-client can write it too, but renames its counters for good while it does: the next answer in
 * the other format would lose their suffix.
 */
export function toOpenMetrics(text: string): string {
  const lines = text.split('\n').filter((line) => line !== '');
  const counters = new Set(lines.flatMap((line) => /^# TYPE (\S+)_total counter$/.exec(line)?.[1] ?? []));
  const described = lines.map((line) =>
    line.replace(/^(# (?:HELP|TYPE) )(\S+)_total /, (whole, start: string, name: string) =>
      counters.has(name) ? `${start}${name} ` : whole,
    ),
  );
  return `${described.join('\n')}\n# EOF\n`;
}
