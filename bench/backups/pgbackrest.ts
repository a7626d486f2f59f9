import { spawn } from 'node:child_process';
import { access, chown, mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestServer } from '../../test/testkit/postgres-servers.ts';
import type { Contestant } from './contestant.ts';

const program = '/usr/bin/pgbackrest';

/**
 * A full backup of the whole cluster, zstd and two processes, without the archive of the log that would have to be kept
 * beside it to make it consistent; undefined on a machine without the program. Its files are the server account's.
 */
export async function pgBackRest(server: TestServer, under: string): Promise<Contestant | undefined> {
  const installed = await access(program).then(
    () => true,
    () => false,
  );
  if (!installed) return undefined;
  const account = await stat(join(server.folder, 'cluster'));
  const privateFolder = async (path: string): Promise<string> => {
    await rm(path, { recursive: true, force: true });
    await mkdir(path, { mode: 0o700 });
    await chown(path, account.uid, account.gid);
    return path;
  };
  return {
    name: 'pgBackRest, full, zstd, 2 processes (the whole server)',
    backup: async (folder) => {
      const repo = await privateFolder(join(folder, 'repo'));
      const words = [
        ...wordsFor(repo, join(server.folder, 'cluster')),
        `--pg1-socket-path=${server.folder}`,
        '--pg1-user=postgres',
      ];
      await run(account, [...words, 'stanza-create']);
      const how = ['--type=full', '--process-max=2', '--compress-type=zst', '--start-fast', '--no-archive-check'];
      await run(account, [...words, ...how, 'backup']);
    },
    restore: async (folder) => {
      const target = await privateFolder(join(under, 'restored'));
      await run(account, [...wordsFor(join(folder, 'repo'), target), '--process-max=2', 'restore']);
      await rm(target, { recursive: true });
    },
  };
}

function wordsFor(repo: string, cluster: string): string[] {
  return [
    '--stanza=bench',
    `--repo1-path=${repo}`,
    `--pg1-path=${cluster}`,
    `--lock-path=${repo}`,
    '--log-level-file=off',
    '--log-level-console=error',
  ];
}

async function run({ uid, gid }: { uid: number; gid: number }, words: readonly string[]): Promise<void> {
  const env = { PATH: '/usr/bin:/bin' };
  const child = spawn(program, words, { uid, gid, cwd: '/', env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  child.once('error', reject);
  child.once('close', (code) =>
    code === 0 ? resolve() : reject(new Error(`pgbackrest ${words.at(-1)} ended with ${code}: ${said.slice(-2000)}`)),
  );
  await promise;
}
