import { basename } from 'node:path';
import { databaseNames, type BundleDatabase, type CrossCheck, type DatabaseName } from '../../contract/index.ts';
import type { DatabaseUrls, DumpRequest, Snapshots, TableFacts } from '../types.ts';
import type { DumpProgress } from './progress.ts';
import type { DumpEstimate } from './sizes.ts';
import { together } from './together.ts';

export interface DumpAllRequest {
  readonly snapshots: Snapshots;
  readonly estimates: readonly DumpEstimate[];
  readonly urls: DatabaseUrls;
  readonly folder: string;
  readonly seal: DumpRequest['seal'];
  readonly progress: DumpProgress;
  readonly onPhase: (text: string) => void;
  readonly signal: AbortSignal;
}

export interface DumpedDatabases {
  /** In the manifest's order. */
  readonly databases: readonly BundleDatabase[];
  readonly crossChecks: readonly CrossCheck[];
}

/**
 * Dumps the jobs first and alone, so that their snapshot holds back vacuum in the queue for the shortest time; what has
 * to be counted inside that snapshot is counted beside. Then the other two at once: one pg_dump and one compression
 * do not fill two cores.
 */
export async function dumpAll(request: DumpAllRequest): Promise<DumpedDatabases> {
  const { snapshots, signal, onPhase } = request;
  const crossChecks: CrossCheck[] = [];
  onPhase('dumping jobs');
  const jobs = await dumpOne(request, 'jobs', async (either) => {
    const tables = await snapshots.countTables('jobs', either);
    crossChecks.push(...(await snapshots.checkReferences(either)));
    return tables;
  });
  onPhase('dumping results and config');
  const others = (['results', 'config'] as const).map(
    (name) => async (either: AbortSignal) =>
      await dumpOne({ ...request, signal: either }, name, async (inner) => await snapshots.countTables(name, inner)),
  );
  const dumped = [jobs, ...(await together(signal, others))];
  const databases = databaseNames.flatMap((name) => dumped.find((database) => database.name === name) ?? []);
  return { databases, crossChecks };
}

async function dumpOne(
  request: DumpAllRequest,
  name: DatabaseName,
  count: (signal: AbortSignal) => Promise<TableFacts[]>,
): Promise<BundleDatabase> {
  const { snapshots, progress, signal } = request;
  const found: { tables: readonly TableFacts[] } = { tables: [] };
  const { engine } = estimateOf(request, name);
  const [file] = await together(signal, [
    async (either) => await engine.dump(dumpRequest(request, name, either)),
    async (either) => {
      found.tables = await count(either);
      return undefined;
    },
  ]);
  await snapshots.release(name);
  progress.done(name);
  if (file === undefined) throw new TypeError(`the dump of ${name} gave no file`);
  const { snapshot: _, withoutRows: __, ...facts } = snapshots.facts[name];
  return {
    name,
    engine: engine.name,
    engineVersion: engine.version,
    format: engine.format,
    compression: engine.compression,
    ...facts,
    tables: [...found.tables],
    file: { path: basename(file.path), bytes: file.bytes, sha256: file.sha256 },
  };
}

function dumpRequest(request: DumpAllRequest, name: DatabaseName, signal: AbortSignal): DumpRequest {
  const { snapshots, folder, seal, progress } = request;
  const { snapshot, withoutRows } = snapshots.facts[name];
  progress.advance(name, 0);
  const onBytes = (bytes: number): void => progress.advance(name, bytes);
  return { database: name, url: snapshots.urls[name], snapshot, withoutRows, folder, seal, onBytes, signal };
}

function estimateOf({ estimates }: DumpAllRequest, name: DatabaseName): DumpEstimate {
  const found = estimates.find((estimate) => estimate.name === name);
  if (found === undefined) throw new TypeError(`the ${name} database was not asked for its size`);
  return found;
}
