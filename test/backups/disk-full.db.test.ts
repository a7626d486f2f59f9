import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { createTestDatabases, populated, scratchFolder } from '../testkit/index.ts';

test('a disk that takes no more while a bundle is written is named, and nothing is left of it', async () => {
  await using scratch = await scratchFolder();
  await using databases = await createTestDatabases({ template: populated });
  const urls = databases.urls('readonly');
  // No file may grow past 4 kB: to a program that is what a full disk is, at a byte that is known.
  const child = spawn(
    '/bin/bash',
    ['-c', 'ulimit -f 4; exec "$0" src/main.ts backup take --direct', process.execPath],
    {
      env: {
        ...process.env,
        NODE_DISABLE_COMPILE_CACHE: '1',
        DATA_DIR: scratch.path,
        BACKUP_CONFIG_DATABASE_URL: urls.config.reveal(),
        BACKUP_RESULTS_DATABASE_URL: urls.results.reveal(),
        BACKUP_JOBS_DATABASE_URL: urls.jobs.reveal(),
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  const said = text(child.stderr);
  const [code] = (await once(child, 'close')) as [number | null];
  expect(await said).toContain('[backup_disk_full]');
  expect(code).toBe(1);
  expect(await readdir(join(scratch.path, 'backups', 'incoming'))).toEqual([]);
  expect(await readdir(join(scratch.path, 'backups', 'bundles')).catch(() => [])).toEqual([]);
});
