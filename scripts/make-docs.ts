import { readFileSync, writeFileSync } from 'node:fs';
import { bundleJsonSchema } from '../src/backups/bundle/json-schema.ts';
import { manifestJsonSchema } from '../src/manifest/json-schema.ts';
import { databaseStatusPage } from './docs/database-status-page.ts';
import { errorsPage } from './docs/errors-page.ts';
import { metricsPage } from './docs/metrics-page.ts';
import { preflightPage } from './docs/preflight-page.ts';
import { settingsPage } from './docs/settings-page.ts';

/** Writes the generated pages and schemas of docs/, or with --check says which ones are out of date. */
const pages: Readonly<Record<string, () => Promise<string> | string>> = {
  'docs/database-status.md': databaseStatusPage,
  'docs/errors.md': errorsPage,
  'docs/metrics.md': metricsPage,
  'docs/preflight.md': preflightPage,
  'docs/settings.md': settingsPage,
  'docs/bundle.schema.json': bundleJsonSchema,
  'docs/release-manifest.schema.json': manifestJsonSchema,
};

const stale: string[] = [];
for (const [path, render] of Object.entries(pages)) {
  const text = await render();
  if (readOrEmpty(path) === text) continue;
  if (process.argv.includes('--check')) stale.push(path);
  else writeFileSync(path, text);
}
if (stale.length > 0) {
  process.stderr.write(`out of date: ${stale.join(', ')}\n  → node scripts/make-docs.ts\n`);
  process.exitCode = 1;
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
