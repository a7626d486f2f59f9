import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { scratchFolder, startOwnCluster } from '../../test/testkit/index.ts';
import { databaseNames } from '../contract/index.ts';
import { defaultMigrationsDir, readManifest } from '../manifest/index.ts';
import { runCommandLine } from './run.ts';

const manifest = await readManifest('release.json');

/** A bundle of this moment and of these schema versions, that was restored and compared. */
function provenBundle() {
  const now = new Date().toISOString();
  const schemaVersions = Object.fromEntries(
    databaseNames.map((name) => [name, manifest.databases[name].schemaVersion]),
  );
  return {
    id: '20261122T163000Z-00000001',
    createdAt: now,
    bytes: 1,
    verifiedAt: now,
    provenAt: now,
    schemaVersions,
    state: 'proven',
    damage: null,
    appVersion: manifest.appVersion,
    imageSha: 'unknown',
    encrypted: false,
    pinned: false,
  };
}

test('a pipeline is let through once the preflight of a newer release has passed, and not any more when a database is gone', async () => {
  await using cluster = await startOwnCluster({});
  await using folder = await scratchFolder();
  const backups = createServer((_, response) => response.end(JSON.stringify({ bundle: provenBundle() })));
  backups.listen(0, '127.0.0.1');
  await once(backups, 'listening');
  const newer = join(folder.path, 'release.json');
  await writeFile(newer, JSON.stringify({ ...manifest, appVersion: '1.1.0' }));

  const run = async (role: 'owner' | 'app', argv: string[], change: Record<string, string> = {}) => {
    const urls = cluster.urls(role);
    let output = '';
    const write = (text: string): string => (output += text);
    const code = await runCommandLine({
      argv,
      environment: {
        ...Object.fromEntries(databaseNames.map((name) => [`${name.toUpperCase()}_DATABASE_URL`, urls[name].reveal()])),
        MIGRATIONS_DIR: defaultMigrationsDir(),
        BACKUP_SERVICE_URL: `http://127.0.0.1:${(backups.address() as AddressInfo).port}`,
        ...change,
      },
      stdout: { write },
      stderr: { write },
      cwd: folder.path,
    });
    return { code, output };
  };
  try {
    expect(await run('owner', ['migrator', 'migrate'])).toMatchObject({ code: 0 });
    const require = ['posture', '--require', 'ready'];
    expect(await run('app', require)).toMatchObject({ code: 3 });
    expect(await run('owner', ['migrator', 'preflight'], { RELEASE_MANIFEST: newer })).toMatchObject({ code: 0 });
    const ready = await run('app', require);
    expect(ready.output).toContain('1.1.0');
    expect(ready.code, ready.output).toBe(0);
    const gone = { JOBS_DATABASE_URL: 'postgres://plimsoll_app:x@127.0.0.1:1/jobs' };
    expect((await run('app', require, gone)).code).not.toBe(0);
  } finally {
    backups.close();
  }
});
