import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';

const built = path.resolve(import.meta.dirname, '../../dist/web');
const budgetBytes = 150 * 1024;

interface Chunk {
  readonly file: string;
  readonly imports?: readonly string[];
}

const pages = [
  'release/ReleasePage.tsx',
  'home/HomePage.tsx',
  'databases/DatabasesPage.tsx',
  'backups/BackupsPage.tsx',
  'scanners/ScannersPage.tsx',
  'scans/ScansPage.tsx',
  'users/UsersPage.tsx',
  'tokens/TokensPage.tsx',
  'audit/AuditPage.tsx',
  'settings/SettingsPage.tsx',
  'help/HelpPages.tsx',
];

test.each(pages)('the first load with %s stays under 150 KB of compressed JavaScript', async (page) => {
  const chunks = JSON.parse(await readFile(path.join(built, 'manifest.json'), 'utf8')) as Record<string, Chunk>;
  const files = new Set<string>();
  const add = (name: string): void => {
    const chunk = chunks[name];
    if (chunk === undefined) throw new Error(`the build has no ${name}`);
    if (files.has(chunk.file)) return;
    files.add(chunk.file);
    for (const each of chunk.imports ?? []) add(each);
  };
  add('index.html');
  add(page);
  const sizes = await Promise.all(
    [...files].map(async (file) => gzipSync(await readFile(path.join(built, file))).length),
  );
  const total = sizes.reduce((sum, each) => sum + each, 0);
  expect(files.size).toBeGreaterThan(1);
  expect(total).toBeLessThan(budgetBytes);
});
