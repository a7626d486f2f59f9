import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleProgram } from '../../scripts/bundle.ts';
import { databaseNames } from '../../src/contract/index.ts';
import type { MigrationsFolder, TestDatabases } from '../testkit/index.ts';

/** The program as it is released: one bundle, so that a test can afford hundreds of processes. */
export interface Program extends Disposable {
  start(databases: TestDatabases, release: MigrationsFolder, ...words: string[]): RunningMigrator;
}

/** One `plimsoll migrator` process. */
export interface RunningMigrator {
  readonly child: ChildProcess;
  readonly ended: Promise<{ exitCode: number | null; output: string }>;
}

/** Bundles the program as it is released, into a folder of its own. */
export async function createProgram(): Promise<Program> {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-program-'));
  const entry = join(folder, 'plimsoll.js');
  writeFileSync(join(folder, 'package.json'), '{"type": "module"}');
  await bundleProgram(folder);
  return {
    start: (databases, release, ...words) => startMigrator(entry, environmentFor(databases, release), words),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function environmentFor(databases: TestDatabases, release: MigrationsFolder): NodeJS.ProcessEnv {
  const urls = databaseNames.map((name) => [`${name.toUpperCase()}_DATABASE_URL`, databases[name].urls.owner.reveal()]);
  return {
    PATH: process.env['PATH'],
    RELEASE_MANIFEST: release.manifestPath,
    MIGRATIONS_DIR: release.dir,
    ...Object.fromEntries(urls),
  };
}

function startMigrator(entry: string, env: NodeJS.ProcessEnv, words: readonly string[]): RunningMigrator {
  const child = spawn(process.execPath, [entry, 'migrator', ...words], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const keep = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const { promise, resolve } = Promise.withResolvers<{ exitCode: number | null; output: string }>();
  child.on('close', (exitCode) => resolve({ exitCode, output }));
  return { child, ended: promise };
}
