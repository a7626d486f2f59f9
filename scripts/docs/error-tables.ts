import { globSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ErrorTable } from '../../src/base/index.ts';

/** Every folder's table of error codes, found by file name so that none can be forgotten. */
export async function readErrorTables(): Promise<readonly { folder: string; table: ErrorTable }[]> {
  const tables = [];
  for (const path of globSync('src/**/errors.ts').sort()) {
    const module = (await import(pathToFileURL(resolve(path)).href)) as Record<string, unknown>;
    for (const [name, value] of Object.entries(module)) {
      if (!name.endsWith('ErrorTable')) continue;
      tables.push({ folder: path.replaceAll(/^src\/|\/errors\.ts$/g, ''), table: value as ErrorTable });
    }
  }
  return tables;
}
