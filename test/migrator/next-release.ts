import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { databaseNames, type DatabaseName, type Manifest } from '../../src/contract/index.ts';
import { defaultManifestPath, defaultMigrationsDir, readManifest } from '../../src/manifest/index.ts';

/** A release after this one: its migrations, and a few more. */
export interface NextRelease extends Disposable {
  readonly dir: string;
  readonly manifestPath: string;
  readonly manifest: Manifest;
}

/** Writes it to a folder of its own, removed when disposed; the further migrations are named `NNNN_next_N.sql`. */
export async function createNextRelease(
  further: Partial<Record<DatabaseName, readonly string[]>>,
): Promise<NextRelease> {
  const dir = mkdtempSync(join(tmpdir(), 'plimsoll-next-'));
  cpSync(defaultMigrationsDir(), dir, { recursive: true });
  const databases = databaseNames.map((name) => {
    const first = readdirSync(join(dir, name)).filter((file) => /^\d/.test(file)).length + 1;
    const added = further[name] ?? [];
    added.forEach((sql, index) => {
      const path = join(dir, name, `${String(first + index).padStart(4, '0')}_next_${index + 1}.sql`);
      writeFileSync(path, sql);
    });
    return [name, { schemaVersion: first - 1 + added.length }] as const;
  });
  const now = await readManifest(defaultManifestPath());
  const manifest = { ...now, appVersion: '9.9.9', databases: Object.fromEntries(databases) as Manifest['databases'] };
  const manifestPath = join(dir, '.release.json');
  writeFileSync(manifestPath, JSON.stringify(manifest));
  return { dir, manifestPath, manifest, [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }) };
}
