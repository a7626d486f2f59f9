import { spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestServer } from '../../test/testkit/postgres-servers.ts';
import type { BenchDatabases } from './data.ts';
import type { Contestant } from './contestant.ts';

/** Runs a program of PostgreSQL against the server, throws with its complaint. */
export async function run(server: TestServer, program: string, words: readonly string[]): Promise<void> {
  const child = spawn(program, words, {
    env: { PATH: '/usr/bin:/bin', PGHOST: server.folder, PGPORT: '5432', PGUSER: 'postgres' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  child.once('error', reject);
  child.once('close', (code) =>
    code === 0 ? resolve() : reject(new Error(`${program} ended with ${code}: ${complaint}`)),
  );
  await promise;
}

/** What the client programs do by themselves, one database after the other. */
export function clientPrograms(server: TestServer, bin: string, names: BenchDatabases): Contestant[] {
  const databases = Object.values(names);
  const each = async (work: (database: string) => Promise<void>): Promise<void> => {
    for (const database of databases) await work(database);
  };
  const dumpAndRestore = (dumpWords: readonly string[], restoreWords: readonly string[]) => ({
    backup: async (folder: string) => {
      await each(
        async (name) => await run(server, join(bin, 'pg_dump'), [...dumpWords, '-f', join(folder, name), name]),
      );
    },
    restore: async (folder: string) => {
      for (const file of await readdir(folder)) {
        const scratch = await server.createDatabase();
        await run(server, join(bin, 'pg_restore'), [...restoreWords, '-d', scratch, join(folder, file)]);
        await server.query('postgres', `drop database ${scratch}`);
      }
    },
  });
  return [
    {
      name: '`COPY` of every table into a file (floor)',
      backup: async (folder) => {
        await each(async (database) => {
          const tables = await server.query(
            database,
            "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace",
          );
          for (const { relname } of tables)
            await run(server, join(bin, 'psql'), [
              '-q',
              '-d',
              database,
              '-c',
              `\\copy ${String(relname)} to '${join(folder, `${database}.${String(relname)}`)}'`,
            ]);
        });
      },
    },
    { name: '`pg_dump -Fc`', ...dumpAndRestore(['-Fc'], []) },
    { name: '`pg_dump -Fd -j2`', ...dumpAndRestore(['-Fd', '-j2'], ['-j2']) },
  ];
}
