import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { expect, test } from 'vitest';
import { handCommands } from '../../src/backups/by-hand.ts';
import { connectionEnvironment } from '../../src/backups/engine/connection-environment.ts';
import { findPrograms } from '../../src/backups/engine/programs.ts';
import { openDownload, planDownload, sealTo } from '../../src/backups/index.ts';
import { databaseNames, type BundleManifest, type DatabaseName } from '../../src/contract/index.ts';
import { fillDeployment, scratchFolder, takeBundle, testTarget, waitFor, type TestServer } from '../testkit/index.ts';
import { deployOn } from '../testkit/own-deployment.ts';
import { readContents, type Contents } from './contents.ts';
import { enginePairs } from './engines.ts';

const run = promisify(execFile);
const programs = await findPrograms({ path: process.env['PATH'], pgBin: process.env['PG_BIN'] });
const [client] = programs.pg_restore;
const hasAge = await run('age', ['--version']).then(
  () => true,
  () => false,
);

/** Client programs, tar, sha256sum and zstd; nothing of Plimsoll, no Node and no settings of ours. */
async function typeByHand(server: TestServer, folder: string, bundle: BundleManifest): Promise<void> {
  const script = ['set -eo pipefail', ...handCommands(bundle).map(({ command }) => command)].join('\n');
  const path = [dirname(client?.path ?? ''), '/usr/local/bin', '/usr/bin', '/bin'].join(':');
  const { PGHOST = '', PGUSER = '', PGPASSWORD = '' } = connectionEnvironment(server.url('postgres'));
  const environment = { PGHOST, PGUSER, PGPASSWORD, PATH: path };
  await run('/bin/bash', ['--norc', '-c', script], { cwd: folder, env: environment });
}

/** Changes all three databases, in transactions that span tables, until it is stopped. */
function writeOn(server: TestServer) {
  const ended = new AbortController();
  const count = { rounds: 0 };
  const statements: Readonly<Record<DatabaseName, string>> = {
    config: `begin; insert into users (username, password_hash, role) values ('u' || gen_random_uuid(), 'x', 'user');
      update scanners set name = 'renamed ' || gen_random_uuid() where id in (select id from scanners order by random() limit 3);
      delete from users where username in (select username from users where username like 'u%' order by random() limit 1); commit`,
    results: `insert into targets (address) select 'host ' || gen_random_uuid() from generate_series(1, 20)`,
    jobs: `begin; insert into scans (name, requested_by) select 'scan ' || gen_random_uuid(), 'load' from generate_series(1, 5);
      update leases set expires_at = expires_at + interval '1 second'; commit`,
  };
  const writing = databaseNames.map(async (name) => {
    while (!ended.signal.aborted) {
      await server.query(name, statements[name]);
      count.rounds += 1;
    }
  });
  return {
    count,
    stop: async () => {
      ended.abort();
      await Promise.all(writing);
    },
  };
}

/** The steps themselves raise the epoch and take the leases away: of these two tables only the rows are compared. */
function comparable(contents: Contents['tables'], leftOut: ReadonlySet<string>): Contents['tables'] {
  const tables = Object.entries(contents).filter(([name]) => !leftOut.has(name));
  return Object.fromEntries(
    tables.map(([name, table]) => [name, name === 'public.leases' ? { ...table, hash: 'changed by hand' } : table]),
  );
}

// Node alone is enough to run Plimsoll, and its tests; these lines need the client programs.
test.runIf(client !== undefined).each(enginePairs())(
  'a bundle taken under load with $label is brought back by hand exactly as its snapshots were, with the client programs alone',
  { timeout: 180_000 },
  async ({ kind, engine }) => {
    await using folder = await scratchFolder();
    await using server = await kind.start();
    const deployment = await deployOn({ config: server, results: server, jobs: server });
    await fillDeployment(async (name, text) => void (await server.query(name, text)));
    const target = testTarget(join(folder.path, 'backups'));
    const load = writeOn(server);
    await waitFor(() => load.count.rounds > 9, { what: 'the load to be there', timeoutMs: 60_000 });
    const expected = new Map<DatabaseName, Contents>();
    const identity = await generateX25519Identity();
    const recipients = [await identityToRecipient(identity)];
    // One of them is sealed as well, so that the step with age is typed too.
    const seal =
      hasAge && engine.format === 'plain' && kind.major >= 18 ? { make: sealTo(recipients), recipients } : undefined;
    const bundle = await takeBundle({
      urls: deployment.urls('readonly'),
      target,
      engine,
      ...(seal && { seal }),
      onSnapshots: async ({ facts }) => {
        for (const name of databaseNames)
          expected.set(name, await readContents(server.url(name), facts[name].snapshot));
        const before = load.count.rounds;
        await waitFor(() => load.count.rounds > before + 6, { what: 'the load to go on', timeoutMs: 60_000 });
      },
    });
    await load.stop();
    expect((await readContents(server.url('jobs'))).tables).not.toEqual(expected.get('jobs')?.tables);

    const chunks: Buffer[] = [];
    for await (const chunk of openDownload(target, bundle.id, planDownload(bundle))) chunks.push(chunk as Buffer);
    await writeFile(join(folder.path, `plimsoll-${bundle.id}.tar`), Buffer.concat(chunks));
    if (seal !== undefined) {
      await mkdir(join(folder.path, bundle.id));
      await writeFile(join(folder.path, bundle.id, 'key.txt'), `${identity}\n`);
    }
    await typeByHand(server, folder.path, bundle);

    for (const { name, tables } of bundle.databases) {
      const leftOut = new Set(tables.filter(({ dataLeftOut }) => dataLeftOut).map((table) => table.name));
      leftOut.add('public.settings');
      const restored = await readContents(server.url(name));
      const { tables: found, sequences, fingerprint } = restored;
      const wanted = expected.get(name);
      expect(comparable(found, leftOut)).toEqual(comparable(wanted?.tables ?? {}, leftOut));
      expect(sequences).toEqual(wanted?.sequences);
      expect(fingerprint).toBe(wanted?.fingerprint);
      for (const table of tables.filter(({ dataLeftOut }) => !dataLeftOut)) {
        if (table.name !== 'public.settings') expect(found[table.name]?.rows, table.name).toBe(table.rows);
      }
    }
  },
);
