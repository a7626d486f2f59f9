import { cp, mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { bundleProgram } from './bundle.ts';
import { ensureWebBuilt } from './ensure-built.ts';
import { copyPackages } from './image/packages.ts';

/** What the program reads at run time beside its own code; `packageRoot()` finds it by release.json. */
const shipped = [
  'release.json',
  'migrations',
  'docs/errors.md',
  'deploy/roles.sql',
  'deploy/database-rights.sql',
  'LICENSE',
];

/** Loaded by name: native code and WebAssembly cannot be bundled, and the linter is a program. */
const packages = [
  'libpg-query',
  '@node-rs/argon2',
  'sodium-native',
  '@electric-sql/pglite-tools',
  'squawk-cli',
] as const;

/** `node scripts/build-image-root.ts FOLDER`: all that an image holds of the product, for the platform it is run on. */
const folder = resolve(process.argv[2] ?? 'dist/image');
await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
await ensureWebBuilt();
await bundleProgram('dist/program');
for (const path of ['dist/program', 'dist/web', ...shipped])
  await cp(path, join(folder, path), {
    recursive: true,
    filter: (source) => !/schema\.sql$|\.built-from$/.test(source),
  });
await copyPackages(packages, folder);
