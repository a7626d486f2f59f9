import { build } from 'esbuild';

/** What a scanner must never carry: whoever takes over its machine must not find a way to a database in it. */
const databasePackages = /^node_modules\/(pg|pg-[^/]+|pgpass|postgres-[^/]+|kysely|pg-boss)\//;

/** Bundles the scanner into one CommonJS file; gives the modules that went in, by path. Throws on database code. */
export async function bundleScanner(outfile: string): Promise<readonly string[]> {
  const { metafile } = await build({
    entryPoints: ['src/commands/scanner-executable.ts'],
    outfile,
    bundle: true,
    // Single executables run CommonJS.
    format: 'cjs',
    platform: 'node',
    target: 'node24',
    minify: true,
    keepNames: true,
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  });
  // A module that was looked at and gave nothing is an input of the build, not a part of what is shipped.
  const modules = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
  );
  const forbidden = modules.filter((path) => databasePackages.test(path) || path.startsWith('src/postgres/'));
  if (forbidden.length > 0) throw new Error(`the scanner would carry database code: ${forbidden.join(', ')}`);
  return modules;
}
