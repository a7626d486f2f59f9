import { readdir, readFile } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Secret } from '../../src/base/index.ts';
import type { DatabaseName } from '../../src/contract/index.ts';
import { findPrograms } from '../../src/backups/engine/programs.ts';
import { nativeEngine } from '../../src/backups/engine/native.ts';
import { wasmEngine } from '../../src/backups/engine/wasm/engine.ts';
import { findEngines } from '../../src/backups/index.ts';
import type { DumpedFile, DumpEngine, DumpRequest, LoadRequest } from '../../src/backups/types.ts';
import { openSnapshots } from '../../src/backups/index.ts';
import type { Snapshots } from '../../src/backups/types.ts';
import { serverKinds, type ServerKind, type TestChild, type TestServer } from '../testkit/index.ts';

/** An engine and a kind of server that it can dump. */
export interface Pair {
  readonly label: string;
  readonly kind: ServerKind;
  readonly engine: DumpEngine;
}

const programs = await findPrograms({ path: process.env['PATH'], pgBin: process.env['PG_BIN'] });

/** Every pair that this machine can make: the WebAssembly engine with each server, a pg_dump with those it is new enough for. */
export function enginePairs(): readonly Pair[] {
  return serverKinds().flatMap((kind) => {
    const native = programs.pg_dump.find(({ major }) => major >= kind.major);
    const engines = native === undefined ? [wasmEngine] : [nativeEngine(native), wasmEngine];
    return engines.map((engine) => ({
      label: `${engine.name} ${engine.version.split(' ')[0]} on ${kind.label}`,
      kind,
      engine,
    }));
  });
}

const idle = new AbortController().signal;

/** Snapshots of one database of a server, in the place of all three of a deployment. */
export async function snapshotsOf(server: TestServer, database: string): Promise<Snapshots> {
  const url = server.url(database);
  return await openSnapshots({ config: url, results: url, jobs: url }, idle);
}

/** A request to dump one database into a folder, from a snapshot that is open. */
export function dumpRequest(
  url: Secret,
  snapshot: string,
  folder: string,
  changes: Partial<DumpRequest> = {},
): DumpRequest {
  return {
    database: 'jobs',
    url,
    snapshot,
    withoutRows: [],
    folder,
    seal: undefined,
    onBytes: () => undefined,
    signal: idle,
    ...changes,
  };
}

/** Loads a dump file as the engine that wrote it says it is. */
export async function loadFile(
  engine: DumpEngine,
  file: DumpedFile,
  url: Secret,
  changes: Partial<LoadRequest> = {},
): Promise<void> {
  const engines = await findEngines({ path: process.env['PATH'], pgBin: process.env['PG_BIN'], wasmLimitMb: 200 });
  await engines.load({
    database: describeDump('jobs', engine, file),
    dump: createReadStream(file.path),
    url,
    privileges: 'keep',
    onBytes: () => undefined,
    signal: idle,
    ...changes,
  });
}

function describeDump(name: DatabaseName, engine: DumpEngine, file: DumpedFile): LoadRequest['database'] {
  return {
    name,
    engine: engine.name,
    engineVersion: engine.version,
    format: engine.format,
    compression: engine.compression,
    serverVersion: 0,
    schemaVersion: 0,
    oldestCompatible: 0,
    schemaFingerprint: '',
    snapshotAt: new Date(0).toISOString(),
    lsn: '0/0',
    databaseBytes: 0,
    tables: [],
    file: { path: 'jobs.dump', bytes: file.bytes, sha256: file.sha256 },
  };
}

/**
 * What an operator types to bring a dump back with the PostgreSQL client programs alone; undefined on a machine that has
 * none, or none that can read it.
 */
export function handCommand(engine: DumpEngine, path: string, url: Secret): string | undefined {
  const restore = programs.pg_restore.find(({ major }) => major >= Number.parseInt(engine.version, 10));
  const [any] = programs.pg_restore;
  if (any === undefined) return undefined;
  if (engine.format === 'plain') {
    const psql = join(dirname(any.path), 'psql');
    return `zstd -dc '${path}' | ${psql} -X -q -v ON_ERROR_STOP=1 -d '${url.reveal()}'`;
  }
  if (restore === undefined) return undefined;
  const load = `${restore.path} --no-owner -d '${url.reveal()}'`;
  return engine.compression === 'zstd' ? `zstd -dc '${path}' | ${load}` : `${load} '${path}'`;
}

/** Programs that this process has started and that have not ended. */
export async function childPrograms(): Promise<string[]> {
  const children = await readFile(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').catch(() => '');
  const commands = children
    .split(' ')
    .filter(Boolean)
    .map(async (pid) => {
      return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0')[0] ?? '';
    });
  return (await Promise.all(commands)).filter((command) => /pg_dump|pg_restore/.test(command));
}

/**
 * The client programs of a child, and the shells that watch over them, that are still there, by their command lines; of
 * one that is gone as well, for they are of its process group.
 */
export async function programsOf({ pid }: Pick<TestChild, 'pid'>): Promise<string[]> {
  const names = await readdir('/proc').catch(() => []);
  const found = names
    .filter((name) => /^\d+$/.test(name) && name !== String(pid))
    .map(async (name) => {
      const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
      // After the name in brackets, which may hold anything: state, parent, process group.
      const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (group !== String(pid) || state === 'Z') return [];
      return [(await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '')).split('\0')[0] ?? ''];
    });
  return (await Promise.all(found)).flat();
}

export async function filesIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).sort();
}
