import { createHash } from 'node:crypto';
import { existsSync, globSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';

const gzipAsync = promisify(gzip);
const brotliAsync = promisify(brotliCompress);

const root = path.resolve(import.meta.dirname, '..');
const target = path.join(root, 'dist/web');
const stampName = '.built-from';
const sources = [
  'web/**/*',
  'help/**/*.ts',
  'src/contract/*.ts',
  'vite.config.ts',
  'package.json',
  'package-lock.json',
];

/** Builds the web pages into dist/web unless what is there was built from exactly these sources. */
export async function ensureWebBuilt(): Promise<'built' | 'current'> {
  const stamp = await hashSources();
  if ((await readStamp()) === stamp) return 'current';
  await buildWeb(stamp);
  return 'built';
}

/** Contents rather than times: a fresh clone, a switched branch and a touched file are all judged rightly. */
async function hashSources(): Promise<string> {
  const files = globSync(sources, { cwd: root, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
  const hash = createHash('sha256');
  for (const file of files)
    hash
      .update(path.relative(root, file))
      .update('\0')
      .update(await readFile(file))
      .update('\0');
  return hash.digest('hex');
}

async function readStamp(): Promise<string | null> {
  return await readFile(path.join(target, stampName), 'utf8').catch(() => null);
}

/** Built beside and moved into place, so that neither a broken build nor a second one at the same time leaves half a site. */
async function buildWeb(stamp: string): Promise<void> {
  const { build } = await import('vite');
  const fresh = `${target}.new-${process.pid}`;
  const old = `${target}.old-${process.pid}`;
  await mkdir(path.dirname(target), { recursive: true });
  try {
    await build({ configFile: path.join(root, 'vite.config.ts'), logLevel: 'warn', build: { outDir: fresh } });
    await compressAssets(fresh);
    await writeFile(path.join(fresh, stampName), stamp);
    if (existsSync(target)) await rename(target, old);
    await rename(fresh, target);
  } finally {
    await rm(fresh, { recursive: true, force: true });
    await rm(old, { recursive: true, force: true });
  }
}

/** Compressed once here, so that the manager only sends files. Fonts are compressed already. */
async function compressAssets(folder: string): Promise<void> {
  const texts = globSync('**/*.{js,css,html,svg}', { cwd: folder });
  await Promise.all(
    texts.map(async (name) => {
      const file = path.join(folder, name);
      const content = await readFile(file);
      await writeFile(`${file}.gz`, await gzipAsync(content, { level: 9 }));
      await writeFile(`${file}.br`, await brotliAsync(content));
    }),
  );
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const startedAt = performance.now();
  if ((await ensureWebBuilt()) === 'built') {
    process.stderr.write(`web pages built in ${Math.round(performance.now() - startedAt)} ms\n`);
  }
}
