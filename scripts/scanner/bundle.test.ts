import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bundleScanner } from './bundle.ts';

test('the scanner carries no database code, and of the product only what a scanner needs', async () => {
  const modules = await bundleScanner(join(mkdtempSync(join(tmpdir(), 'plimsoll-bundle-')), 'scanner.cjs'));
  const folders = modules.flatMap((path) => /^src\/([^/]+)\//.exec(path)?.[1] ?? []);
  expect([...new Set(folders)].sort((left, right) => left.localeCompare(right))).toEqual([
    'base',
    'commands',
    'contract',
    'metrics',
    'scanner',
    'settings',
    'tracing',
  ]);
  // Those of OpenTelemetry are run only where traces are asked for.
  const packages = modules.flatMap((path) => /^node_modules\/(@[^/]+\/[^/]+|[^/]+)\//.exec(path)?.[1] ?? []);
  expect([...new Set(packages)].sort((left, right) => left.localeCompare(right))).toEqual([
    '@opentelemetry/api',
    '@opentelemetry/core',
    '@opentelemetry/exporter-trace-otlp-http',
    '@opentelemetry/otlp-exporter-base',
    '@opentelemetry/otlp-transformer',
    '@opentelemetry/resources',
    '@opentelemetry/sdk-trace',
    '@opentelemetry/semantic-conventions',
    'bintrees',
    'prom-client',
    'tdigest',
    'zod',
  ]);
});
