import { createReadStream } from 'node:fs';
import { databaseNames, type DatabaseName } from '../../src/contract/index.ts';
import type { Secret } from '../../src/base/index.ts';
import { findEngines, openSnapshots } from '../../src/backups/index.ts';
import { wasmEngine } from '../../src/backups/engine/wasm/engine.ts';
import type { DumpedFile, DumpEngine } from '../../src/backups/types.ts';
import type { TestServer } from '../../test/testkit/postgres-servers.ts';
import type { BenchDatabases } from './data.ts';
import type { Contestant } from './contestant.ts';

const { signal } = new AbortController();
const onBytes = (): void => undefined;

/** Snapshots, dumps, exact row counts and checksums, as a bundle is taken; then the loading of each dump. */
export async function ours(server: TestServer, names: BenchDatabases, which: DumpEngine['name']): Promise<Contestant> {
  const engines = await findEngines({ path: process.env['PATH'], pgBin: process.env['PG_BIN'], wasmLimitMb: 100_000 });
  const urls = Object.fromEntries(databaseNames.map((name) => [name, server.url(names[name])])) as Record<
    DatabaseName,
    Secret
  >;
  let taken: [DatabaseName, DumpEngine, DumpedFile][] = [];
  return {
    name: which === 'pg_dump' ? '**plimsoll**' : '**plimsoll, without client programs**',
    backup: async (folder) => {
      await using snapshots = await openSnapshots(urls, signal);
      taken = [];
      for (const database of databaseNames) {
        const { snapshot, withoutRows } = snapshots.facts[database];
        const engine =
          which === 'pg_dump' ? engines.choose({ name: database, ...snapshots.facts[database] }) : wasmEngine;
        const request = {
          database,
          url: urls[database],
          snapshot,
          withoutRows,
          folder,
          seal: undefined,
          onBytes,
          signal,
        };
        const [file] = await Promise.all([engine.dump(request), snapshots.countTables(database, signal)]);
        taken.push([database, engine, file]);
      }
    },
    restore: async () => {
      for (const [name, engine, file] of taken) {
        const scratch = await server.createDatabase();
        await engines.load({
          database: describe(name, engine, file),
          dump: createReadStream(file.path),
          url: server.url(scratch),
          privileges: 'drop',
          onBytes,
          signal,
        });
        await server.query('postgres', `drop database ${scratch}`);
      }
    },
  };
}

function describe(name: DatabaseName, engine: DumpEngine, file: DumpedFile) {
  const { format, compression } = engine;
  const unknown = {
    serverVersion: 0,
    schemaVersion: 0,
    oldestCompatible: 0,
    schemaFingerprint: '',
    lsn: '',
    databaseBytes: 0,
  };
  const { bytes, sha256 } = file;
  return {
    ...unknown,
    name,
    engine: engine.name,
    engineVersion: engine.version,
    format,
    compression,
    snapshotAt: '',
    tables: [],
    file: { path: 'dump', bytes, sha256 },
  };
}
