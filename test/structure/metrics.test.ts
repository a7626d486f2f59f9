import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { backupMetrics } from '../../src/backups/index.ts';
import { managerMetrics } from '../../src/manager/index.ts';
import { createMeter, type MetricSpec } from '../../src/metrics/index.ts';
import { scannerMetrics } from '../../src/scanner/index.ts';
import { promtool } from '../testkit/prometheus.ts';

const tables = { manager: managerMetrics, backup: backupMetrics, scanner: scannerMetrics };
const alerts = readFileSync('deploy/alerts.yaml', 'utf8');
const alertTests = readFileSync('deploy/alerts.test.yaml', 'utf8');
const dashboard = readFileSync('deploy/grafana-dashboard.json', 'utf8');
const rules = alerts
  .split(/^ +- alert: /m)
  .slice(1)
  .map((text) => ({ name: /^\w+/.exec(text)?.[0] ?? '', text }));

/** The names under which samples of a metric are stored. */
function seriesOf([name, { type }]: readonly [string, MetricSpec]): string[] {
  return type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name];
}

const specs = Object.values(tables).flatMap((table) => Object.entries<MetricSpec>(table));
const series = new Set(specs.flatMap(seriesOf));

function metricsIn(text: string): string[] {
  return [...new Set(text.match(/\bplimsoll_[a-z_]+/g))];
}

test.each([
  ['the alert rules', alerts],
  ['the tests of the alert rules', alertTests],
  ['the dashboard', dashboard],
])('every metric named in %s exists', (_what, text) => {
  const names = metricsIn(text);
  expect(names.length).toBeGreaterThan(20);
  expect(names.filter((name) => !series.has(name))).toEqual([]);
});

test.each(['docs/metrics.md', 'docs/notifications.md', 'CHANGELOG.md'])('every metric that %s names exists', (page) => {
  const known = new Set([...series, ...specs.map(([name]) => name)]);
  // Database roles, and names that the changelog says are gone.
  const others = /^plimsoll_(app|migrator|owner|prove|monitor|readonly|app_info|scanner_job_seconds)$/;
  const names = metricsIn(readFileSync(page, 'utf8')).filter((name) => !others.test(name));
  expect(names.length).toBeGreaterThan(2);
  expect(names.filter((name) => !known.has(name))).toEqual([]);
});

test.each(Object.entries(tables))(
  'the metrics of the %s bear the labels by which they are asked for',
  (_name, table) => {
    for (const [name, { labels = {} }] of Object.entries<MetricSpec>(table)) {
      const known = new Set(['job', 'instance', 'le', ...Object.keys(labels)]);
      expect(
        labelsAskedOf(name).filter((label) => !known.has(label)),
        name,
      ).toEqual([]);
    }
  },
);

function labelsAskedOf(name: string): string[] {
  const selector = new RegExp(`\\b${name}(?:_bucket|_sum|_count)?\\{([^}]*)\\}`, 'g');
  return [alerts, alertTests, dashboard.replaceAll(String.raw`\"`, '"')].flatMap((text) =>
    [...text.matchAll(selector)].flatMap((match) => (match[1] ?? '').match(/\w+(?=\s*[=!])/g) ?? []),
  );
}

test('no metric name stands for two things, and every one begins with plimsoll_', () => {
  const names = specs.map(([name]) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names.filter((name) => !name.startsWith('plimsoll_'))).toEqual([]);
});

test.each(rules.map(({ name, text }) => [name, text]))(
  '%s says what is wrong, how bad, and what to type or where to look',
  (_, text) => {
    expect(text).toMatch(/severity: (critical|warning)/);
    expect(text).toMatch(/^ +summary: \S/m);
    expect(text).toMatch(/^ +runbook: .*(`plimsoll [a-z]+|`docker compose|Admin > )/m);
  },
);

test('every rule has a test in which it fires and one moment before, in which it does not', () => {
  expect(rules.length).toBeGreaterThan(20);
  const tested = [...alertTests.matchAll(/name: (\w+) fires\n([\s\S]*?)(?=\n {2}- name|$)/g)];
  expect(new Set(tested.map(([, name]) => name))).toEqual(new Set(rules.map(({ name }) => name)));
  for (const [text, name] of tested) {
    expect(text, name).toMatch(/exp_samples: \[\]/);
    expect(text, name).toMatch(/labels: 'ALERTS\{.*alertstate="firing"/);
  }
});

test('promtool accepts the rules, and each of them passes its tests', async () => {
  expect(await promtool(['check', 'rules', 'deploy/alerts.yaml'])).toMatchObject({ code: 0 });
  const outcome = await promtool(['test', 'rules', 'deploy/alerts.test.yaml']);
  expect(outcome.said).toContain('SUCCESS');
  expect(outcome.code).toBe(0);
});

test('promtool finds nothing to say about the metrics of any program', async () => {
  for (const [name, table] of Object.entries(tables)) {
    const { text } = await createMeter(table as typeof managerMetrics).read(undefined);
    expect(await promtool(['check', 'metrics'], text), name).toEqual({ code: 0, said: '' });
  }
});

test('the panels of the dashboard have numbers of their own, fit the grid and do not overlap', () => {
  const { panels } = JSON.parse(dashboard) as {
    panels: { id: number; gridPos: Record<'x' | 'y' | 'w' | 'h', number> }[];
  };
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) => {
    expect(x + w).toBeLessThanOrEqual(24);
    return Array.from({ length: w * h }, (_, index) => `${x + (index % w)} ${y + Math.floor(index / w)}`);
  });
  expect(new Set(cells).size).toBe(cells.length);
});
