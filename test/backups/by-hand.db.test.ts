import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { findPrograms } from '../../src/backups/engine/programs.ts';
import { handCommands } from '../../src/backups/by-hand.ts';
import { openDownload, planDownload } from '../../src/backups/index.ts';
import { databaseNames } from '../../src/contract/index.ts';
import { parsePostgresUrl } from '../../src/base/index.ts';
import { serverUrl } from '../testkit/index.ts';
import { restoreScene, rightsIn } from '../testkit/restore-scene.ts';

const bash = promisify(execFile);
const programs = await findPrograms({ path: process.env['PATH'], pgBin: process.env['PG_BIN'] });
const [restore] = programs.pg_restore;

/** What the client programs connect with. */
function connection(): Record<string, string> {
  const outcome = parsePostgresUrl(serverUrl('superuser').reveal());
  if ('problem' in outcome) throw new Error(outcome.problem);
  const { username, password, searchParams } = outcome.url;
  return { PGHOST: searchParams.get('host') ?? '', PGUSER: username, PGPASSWORD: decodeURIComponent(password) };
}

// Node alone is enough to run Plimsoll, and its tests; these lines need the client programs.
test.runIf(restore !== undefined)(
  'what the page and docs/restore.md tell an operator brings a bundle back, typed as it stands',
  { timeout: 120_000 },
  async () => {
    await using scene = await restoreScene();
    await scene.changeThings();
    const folder = dirname(scene.root);
    const tar = join(folder, `plimsoll-${scene.bundle.id}.tar`);
    const chunks: Buffer[] = [];
    for await (const chunk of openDownload(scene.target, scene.bundle.id, planDownload(scene.bundle)))
      chunks.push(chunk as Buffer);
    await writeFile(tar, Buffer.concat(chunks));
    const rights = await Promise.all(databaseNames.map(async (name) => await rightsIn(scene.databases[name])));
    const { config, results, jobs } = scene.databases;
    const names = { config: config.databaseName, results: results.databaseName, jobs: jobs.databaseName };
    const steps = handCommands(scene.bundle, names).map(({ command }) => command);
    const path = `${dirname(restore?.path ?? '')}:${process.env['PATH'] ?? ''}`;
    const script = ['set -eo pipefail', ...steps].join('\n');
    await bash('bash', ['-c', script], { cwd: folder, env: { ...connection(), PATH: path } });

    expect(await scene.counts()).toEqual({ users: 5, scanners: 20, scans: 1, results: 11 });
    expect(await scene.countIn(`${names.config}_before_restore`, 'select count(*)::integer as n from users')).toBe(6);
    expect(await Promise.all(databaseNames.map(async (name) => await rightsIn(scene.databases[name])))).toEqual(rights);
    const [epoch] = await config.query('app', "select value from settings where key = 'fleet.epoch'");
    expect(epoch).toEqual({ value: 1 });
    expect(await jobs.query('app', 'select distinct epoch from leases where ended_at is null')).toEqual([
      { epoch: -1 },
    ]);
  },
);
