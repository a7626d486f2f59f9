import { existsSync } from 'node:fs';
import { cp, readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { z } from 'zod';

const packageSchema = z.object({
  dependencies: z.record(z.string(), z.string()).optional(),
  optionalDependencies: z.record(z.string(), z.string()).optional(),
});

/** Copies installed packages with all that they need into `node_modules` of a folder, without what no program reads. */
export async function copyPackages(names: readonly string[], folder: string): Promise<void> {
  const found = new Set<string>();
  for (const name of names) {
    if (locate(name, process.cwd()) === undefined) throw new Error(`${name} is not installed; run npm ci`);
    await collect(name, process.cwd(), found);
  }
  for (const path of found)
    await cp(path, join(folder, relative(process.cwd(), path)), { recursive: true, filter: isRead });
}

/** Those of other platforms are not installed, and so not there. */
async function collect(name: string, from: string, found: Set<string>): Promise<void> {
  const path = locate(name, from);
  if (path === undefined || found.has(path)) return;
  found.add(path);
  const { dependencies, optionalDependencies } = packageSchema.parse(
    JSON.parse(await readFile(join(path, 'package.json'), 'utf8')),
  );
  for (const next of Object.keys({ ...dependencies, ...optionalDependencies })) await collect(next, path, found);
}

/** By Node's rule: in `node_modules` of the folder or of one above it. */
function locate(name: string, from: string): string | undefined {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const path = join(folder, 'node_modules', name);
    if (existsSync(join(path, 'package.json'))) return path;
    if (folder === dirname(folder)) return undefined;
  }
}

/** Neither what only a type checker or a debugger reads, nor native code of other platforms. */
function isRead(path: string): boolean {
  if (/\.(map|d\.[cm]?ts|md|markdown)$/.test(path)) return false;
  const platform = /\/prebuilds\/([^/]+)/.exec(path)?.[1];
  return platform === undefined || platform === `${process.platform}-${process.arch}`;
}
