import { execFile } from 'node:child_process';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { databaseNames, type DatabaseName, type Manifest } from '../../src/contract/index.ts';
import { defaultManifestPath, defaultMigrationsDir, readManifest } from '../../src/manifest/index.ts';

const run = promisify(execFile);

export interface MadeUpRelease {
  readonly version: string;
  readonly commit: string;
  /** What each database gets beyond the schema of this release, in order. */
  readonly migrations: Readonly<Record<DatabaseName, readonly string[]>>;
  readonly window: Manifest['scannerProtocol'];
}

/** An image that is the one given but for its manifest, its migrations and its commit; gives its name. */
export async function buildRelease(folder: string, image: string, release: MadeUpRelease): Promise<string> {
  const home = join(folder, release.version);
  await mkdir(home);
  await cp(defaultMigrationsDir(), join(home, 'migrations'), { recursive: true });
  const manifest = await readManifest(defaultManifestPath());
  const databases = { ...manifest.databases };
  for (const name of databaseNames) {
    for (const sql of release.migrations[name]) {
      const version = databases[name].schemaVersion + 1;
      databases[name] = { schemaVersion: version };
      await writeFile(join(home, 'migrations', name, `${String(version).padStart(4, '0')}_step_${version}.sql`), sql);
    }
  }
  const next: Manifest = {
    ...manifest,
    appVersion: release.version,
    databases,
    scannerProtocol: release.window,
  };
  await writeFile(join(home, 'release.json'), JSON.stringify(next));
  const lines = [
    `FROM ${image}`,
    'COPY release.json /opt/plimsoll/release.json',
    'COPY migrations /opt/plimsoll/migrations',
    `ENV IMAGE_SHA=${release.commit}`,
    `LABEL org.opencontainers.image.version=${release.version} org.opencontainers.image.revision=${release.commit}`,
  ];
  await writeFile(join(home, 'Dockerfile'), `${lines.join('\n')}\n`);
  const tag = `${image}-${release.version}`;
  await run('docker', ['build', '--quiet', '--tag', tag, home], { maxBuffer: 1 << 26 });
  return tag;
}
