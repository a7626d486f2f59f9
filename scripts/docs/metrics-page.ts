import { backupMetrics } from '../../src/backups/service/metrics-table.ts';
import { managerMetrics } from '../../src/manager/metrics/table.ts';
import type { MetricTable } from '../../src/metrics/index.ts';
import { scannerMetrics } from '../../src/scanner/metrics-table.ts';

/** docs/metrics.md: how to scrape, and every metric of every program. */
export function metricsPage(): string {
  return [
    ...introduction,
    '## Manager',
    '',
    ...rowsOf(managerMetrics),
    '## Backup service',
    '',
    ...rowsOf(backupMetrics),
    '## Scanner',
    '',
    ...rowsOf(scannerMetrics),
    ...process,
  ].join('\n');
}

const introduction = [
  '# Metrics and alerts',
  '',
  '| program | where | by default |',
  '| --- | --- | --- |',
  '| manager | `/metrics` on `HOST`:`PORT` | `127.0.0.1:8080` |',
  '| backup service | `/metrics` on `BACKUP_HOST`:`BACKUP_PORT` | `127.0.0.1:8081` |',
  '| scanner | `/metrics` on `SCANNER_METRICS_HOST`:`SCANNER_METRICS_PORT` | nothing listens until a port is set |',
  '',
  'None of them asks for a token; they tell versions, statuses, times and counts. The answer is in the Prometheus text format, or OpenMetrics 1.0 when the `Accept` header prefers it, as that of a Prometheus server does.',
  '',
  '```yaml',
  'scrape_configs:',
  '  - job_name: plimsoll',
  "    static_configs: [{ targets: ['127.0.0.1:8080'] }]",
  '  - job_name: plimsoll-backup',
  "    static_configs: [{ targets: ['127.0.0.1:8081'] }]",
  'rule_files: [alerts.yaml]',
  '```',
  '',
  '- [deploy/alerts.yaml](../deploy/alerts.yaml): alert rules. Each says what is wrong and names the command or page that mends it. `promtool test rules deploy/alerts.test.yaml` shows each of them fire, and not fire.',
  '- [deploy/grafana-dashboard.json](../deploy/grafana-dashboard.json): import it in Grafana and choose the data source.',
  '',
  '**What is not known is absent**, never 0 and never the last good number. `plimsoll_read_success` says which part could not be read, `plimsoll_last_read_timestamp_seconds` when it last could. Times are told as moments, so that an age goes on growing while nobody reports it: `time() - plimsoll_last_bundle_timestamp_seconds`.',
  '',
  'With several managers, each tells what it has read itself; the rules take the worst of them. This page is made from the sources by `node scripts/make-docs.ts`.',
  '',
];

const process = [
  '## Of the process',
  '',
  'Every program also has the usual metrics of a Node process: `process_cpu_seconds_total`, `process_resident_memory_bytes`, `process_open_fds`, `process_start_time_seconds`, `nodejs_eventloop_lag_seconds`, `nodejs_heap_size_used_bytes`, `nodejs_gc_duration_seconds` and their like.',
  '',
];

function rowsOf(table: MetricTable): string[] {
  return [
    '| metric | type | what it tells | labels |',
    '| --- | --- | --- | --- |',
    ...Object.entries(table).map(([name, { type, help, labels = {} }]) => {
      const list = Object.entries(labels).map(([label, about]) => `\`${label}\`: ${about}`);
      return `| \`${name}\` | ${type} | ${help} | ${list.length === 0 ? '–' : list.join('<br>')} |`;
    }),
    '',
  ];
}
