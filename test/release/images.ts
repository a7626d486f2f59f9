import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { databaseNames, type DatabaseName, type Manifest } from '../../src/contract/index.ts';
import { defaultManifestPath, defaultMigrationsDir, readManifest } from '../../src/manifest/index.ts';
import type { DeployImage } from '../../src/release/index.ts';

/** A release as a folder: what differs between images is the manifest and the migrations. */
export interface FolderImage extends DeployImage {
  readonly manifestPath: string;
  readonly migrationsDir: string;
  readonly manifest: Manifest;
  /** Over what a manager of it is started with. */
  environment: Record<string, string>;
}

export interface NextRelease {
  readonly version: string;
  readonly from?: string;
  /** One more migration of a database, after those of the image it follows. */
  readonly migrations?: Partial<Record<DatabaseName, string>>;
  readonly window?: Manifest['scannerProtocol'];
}

/** This very release. */
export async function thisRelease(): Promise<FolderImage> {
  const manifest = await readManifest(defaultManifestPath());
  return imageOf(manifest, { manifestPath: defaultManifestPath(), migrationsDir: defaultMigrationsDir() });
}

/** A release that follows another one, written to a folder. */
export function nextRelease(folder: string, before: FolderImage, next: NextRelease): FolderImage {
  const migrationsDir = join(folder, next.version, 'migrations');
  cpSync(before.migrationsDir, migrationsDir, { recursive: true });
  const databases = { ...before.manifest.databases };
  for (const name of databaseNames) {
    const sql = next.migrations?.[name];
    if (sql === undefined) continue;
    const version = databases[name].schemaVersion + 1;
    databases[name] = { schemaVersion: version };
    writeFileSync(join(migrationsDir, name, `${String(version).padStart(4, '0')}_follow.sql`), sql);
  }
  const manifest: Manifest = {
    ...before.manifest,
    appVersion: next.version,
    upgradableFrom: next.from ?? before.manifest.upgradableFrom,
    scannerProtocol: next.window ?? before.manifest.scannerProtocol,
    databases,
  };
  const manifestPath = join(folder, next.version, 'release.json');
  writeFileSync(manifestPath, JSON.stringify(manifest));
  return imageOf(manifest, { manifestPath, migrationsDir });
}

function imageOf(manifest: Manifest, paths: Pick<FolderImage, 'manifestPath' | 'migrationsDir'>): FolderImage {
  const { appVersion: version } = manifest;
  const commit = version.replaceAll('.', '').padStart(40, 'c');
  return {
    reference: `plimsoll:${version}`,
    id: `id-of-${version}`,
    version,
    commit,
    manifest,
    environment: {},
    ...paths,
  };
}
