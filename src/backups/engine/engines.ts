import { engineError } from './errors.ts';
import type { DumpEngine, DumpEngines, DumpSource } from '../types.ts';
import { loadDump } from './load.ts';
import { nativeEngine } from './native.ts';
import { findPrograms, type PgPrograms, type ProgramSearch } from './programs.ts';
import { wasmEngine, wasmMajor } from './wasm/engine.ts';

export interface EngineOptions extends ProgramSearch {
  /** The setting `BACKUP_WASM_LIMIT_MB`. */
  readonly wasmLimitMb: number;
}

/** Finds what this machine can dump and load with. Throws `backup_programs_unusable`. */
export async function findEngines(options: EngineOptions): Promise<DumpEngines> {
  const programs = await findPrograms(options);
  return {
    choose: (source) => chooseEngine(source, programs, options.wasmLimitMb),
    load: async (request) => await loadDump(request, programs.pg_restore),
  };
}

/** pg_dump works with servers up to its own major version: with a newer one it refuses, or would miss what it does not know. */
export function chooseEngine(source: DumpSource, programs: PgPrograms, wasmLimitMb: number): DumpEngine {
  const major = Math.floor(source.serverVersion / 10_000);
  const native = programs.pg_dump.find((program) => program.major >= major);
  if (native !== undefined) return nativeEngine(native);
  const sizeMb = Math.ceil(source.databaseBytes / 1e6);
  if (major <= wasmMajor && sizeMb <= wasmLimitMb) return wasmEngine;
  const found = programs.pg_dump.map(({ path, version }) => `${path} is ${version}`).join(', ');
  const limit =
    major > wasmMajor
      ? `the one that comes with Plimsoll is of PostgreSQL ${wasmMajor}`
      : `the one that comes with Plimsoll dumps up to ${wasmLimitMb} MB (BACKUP_WASM_LIMIT_MB)`;
  throw engineError('backup_engine_missing', {
    message: `${source.name} database (${sizeMb} MB, PostgreSQL ${major}): no pg_dump of version ${major} or newer on this machine (${found || 'none at all'}), and ${limit}`,
    hint: `Install the PostgreSQL client programs, \`apt-get install postgresql-client-${major}\`, or set PG_BIN to a folder that has them.`,
    details: { database: source.name, serverMajor: major, databaseMb: sizeMb, wasmLimitMb },
  });
}
