import type { Secret } from '../../base/index.ts';
import { databaseNames, type BundleManifest, type DatabaseName } from '../../contract/index.ts';
import { classifyPostgresError, connect, disconnect, targetOf } from '../../postgres/index.ts';
import type { DatabaseUrls, DumpEngine, DumpEngines, DumpSource } from '../types.ts';

/** A database before it is dumped. */
export interface DatabaseSize extends DumpSource {
  /** Bytes of its tables, without indexes: about what comes out of a dump before it is compressed. */
  readonly tableBytes: number;
}

/** Asks each database how large it is. Throws `database_*`. */
export async function readSizes(urls: DatabaseUrls): Promise<readonly DatabaseSize[]> {
  return await Promise.all(databaseNames.map(async (name) => await readSize(name, urls[name])));
}

const sizeSql = `select pg_catalog.current_setting('server_version_num')::int as version,
    pg_catalog.pg_database_size(pg_catalog.current_database())::float8 as bytes,
    (select coalesce(sum(pg_catalog.pg_table_size(c.oid)), 0)::float8 from pg_catalog.pg_class c
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'm') and n.nspname not in ('pg_catalog', 'information_schema')) as tables`;

async function readSize(name: DatabaseName, url: Secret): Promise<DatabaseSize> {
  const spec = { name, url, applicationName: 'plimsoll backup', connectTimeoutMs: 10_000 };
  const client = await connect(spec);
  try {
    await client.query("set statement_timeout = '30s'");
    const { rows } = await client.query<{ version: number; bytes: number; tables: number }>(sizeSql);
    const [row] = rows;
    return {
      name,
      serverVersion: row?.version ?? 0,
      databaseBytes: row?.bytes ?? 0,
      tableBytes: row?.tables ?? 0,
    };
  } catch (error) {
    throw classifyPostgresError(error, targetOf(spec));
  } finally {
    await disconnect(client);
  }
}

/** What the dump of one database is likely to come to. */
export interface DumpEstimate {
  readonly name: DatabaseName;
  readonly engine: DumpEngine;
  /** As the engine counts its progress. */
  readonly progressBytes: number;
  /** As the file will lie in the bundle. */
  readonly fileBytes: number;
}

/** Rows compress to about a quarter; the bundle before tells it better. */
const usualRatio = 0.25;

/** Estimates all three dumps. Throws `backup_engine_missing` before anything is begun. */
export function estimateDumps(
  sizes: readonly DatabaseSize[],
  engines: DumpEngines,
  previous: BundleManifest | undefined,
): readonly DumpEstimate[] {
  return sizes.map((size) => {
    const engine = engines.choose(size);
    const before = previous?.databases.find(({ name }) => name === size.name);
    const fileBytes =
      before === undefined || before.databaseBytes === 0
        ? size.tableBytes * usualRatio
        : before.file.bytes * (size.databaseBytes / before.databaseBytes);
    // An engine that compresses by itself lets only what is compressed be counted.
    const progressBytes = engine.compression === 'zstd-inside' ? fileBytes : size.tableBytes;
    return { name: size.name, engine, fileBytes: Math.ceil(fileBytes), progressBytes: Math.ceil(progressBytes) };
  });
}
