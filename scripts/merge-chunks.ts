import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { build, type Metafile } from 'esbuild';

type Outputs = Metafile['outputs'];

/**
 * Puts into one file whatever is loaded to run one of the entry points beyond what the entry points before it load. esbuild
 * makes a chunk for every combination of commands that share code, a dozen for one command; finding and loading each
 * takes half a millisecond, and none of those that make up a command is ever loaded without the others.
 */
export async function mergeChunks(outdir: string, outputs: Outputs, entryPoints: readonly string[]): Promise<void> {
  const merged = new Map<string, string>();
  for (const entryPoint of entryPoints) {
    const chunks = loadedBy(outputs, outputOf(outputs, entryPoint)).filter((chunk) => !merged.has(chunk));
    const name = `${basename(entryPoint, '.ts')}.js`;
    await mergeInto(join(outdir, name), chunks, outputs);
    for (const chunk of chunks) merged.set(chunk, name);
  }
  for (const chunk of merged.keys()) rmSync(chunk);
  const kept = Object.keys(outputs).filter((output) => !merged.has(output));
  const names = [...new Set(merged.values())].map((name) => join(outdir, name));
  for (const file of [...kept, ...names]) redirect(file, merged);
}

function outputOf(outputs: Outputs, entryPoint: string): string {
  const found = Object.entries(outputs).find(([, output]) => output.entryPoint === entryPoint);
  if (found === undefined) throw new Error(`${entryPoint} has no output of its own`);
  return found[0];
}

function loadedBy(outputs: Outputs, first: string): string[] {
  const loaded = new Set([first]);
  for (const chunk of loaded)
    for (const { path, kind } of outputs[chunk]?.imports ?? [])
      if (kind === 'import-statement' && path in outputs) loaded.add(path);
  return [...loaded];
}

async function mergeInto(outfile: string, chunks: readonly string[], outputs: Outputs): Promise<void> {
  const others = Object.keys(outputs).filter((output) => !chunks.includes(output));
  const { metafile } = await build({
    stdin: {
      contents: chunks.map((chunk) => `export * from './${basename(chunk)}';`).join('\n'),
      resolveDir: dirname(outfile),
    },
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    minifySyntax: true,
    minifyWhitespace: true,
    packages: 'external',
    external: others.map((output) => `./${basename(output)}`),
    // The package's list of files with side effects names sources, and would have the merged chunks dropped.
    ignoreAnnotations: true,
    metafile: true,
    logLevel: 'warning',
  });
  // Two chunks may export different things under one name, which `export *` drops without a word.
  const exported = new Set(Object.values(metafile.outputs).flatMap((output) => output.exports));
  const lost = chunks.flatMap((chunk) => outputs[chunk]?.exports ?? []).filter((name) => !exported.has(name));
  if (lost.length > 0) throw new Error(`${outfile}: exported by two chunks: ${lost.join(', ')}`);
}

function redirect(file: string, merged: ReadonlyMap<string, string>): void {
  let text = readFileSync(file, 'utf8');
  for (const [chunk, name] of merged) text = text.replaceAll(`"./${basename(chunk)}"`, `"./${name}"`);
  writeFileSync(file, text);
}
