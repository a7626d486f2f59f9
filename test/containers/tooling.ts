import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import type { DatabaseName } from '../../src/contract/index.ts';
import type { Queryable } from '../../src/postgres/index.ts';
import { startChild, type TestChild } from '../testkit/child.ts';
import { docker, type Deployment } from './deployment.ts';

/** The lines of the guides, without a terminal. */
export const migrate = ['--profile', 'migrate', 'run', '--rm', '-T', 'migrator'] as const;
export const operate = ['run', '--rm', '-T', 'operator'] as const;

/** What the release tooling printed, and how it ended. */
export interface Tooling {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts `plimsoll release …` where compose.yaml lies. */
export function startRelease({ folder }: Deployment, ...words: readonly string[]): TestChild {
  const args = [resolve('src/main.ts'), 'release', ...words, '--project', folder];
  return startChild({ args, environment: { OPERATOR: 'kim' } });
}

/** The same, to its end. */
export async function release(deployment: Deployment, ...words: readonly string[]): Promise<Tooling> {
  await using child = startRelease(deployment, ...words);
  const code = await child.exited;
  return { code, stdout: child.stdout(), stderr: child.stderr() };
}

/** A command as the tooling has told it; it must end well. */
export async function typeInShell({ folder }: Deployment, line: string): Promise<string> {
  return (await promisify(execFile)('sh', ['-c', line], { cwd: folder, maxBuffer: 1 << 26 })).stdout;
}

/** Names of the images that the managers run. */
export async function managersOf(deployment: Deployment): Promise<string[]> {
  const ids = (await deployment.must('ps', '--quiet', 'manager')).split('\n').filter(Boolean);
  const named = ids.map(async (id) => (await docker('inspect', '--format', '{{.Config.Image}}', id)).trim());
  return await Promise.all(named);
}

/** A database that only the containers reach, asked by its own psql. */
export function psql(deployment: Deployment, database: DatabaseName): Queryable {
  return {
    query: async <Row>(text: string) => {
      const rows = `select coalesce(json_agg(asked), '[]') from (${text}) asked`;
      const words = ['exec', '-T', 'postgres', 'psql', '-U', 'postgres', '-d', database, '-X', '-At', '-c', rows];
      return JSON.parse(await deployment.must(...words)) as Row[];
    },
  };
}
