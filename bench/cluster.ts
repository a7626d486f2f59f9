import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret } from '../src/base/index.ts';
import { launchPostgres } from '../src/embedded/index.ts';
import { connect } from '../src/postgres/index.ts';
import type { FreshDatabases } from './migrators/suite.ts';

/** A durable Postgres on disk, for this run alone. */
export async function startCluster(): Promise<{ freshDatabases: FreshDatabases } & AsyncDisposable> {
  const home = await mkdtemp(join(tmpdir(), 'plimsoll-bench-'));
  const postgres = await launchPostgres({ home, superuserPassword: new Secret(randomBytes(16).toString('hex')) });
  const query = async (text: string): Promise<void> => {
    const client = await connect({
      name: 'bench',
      url: postgres.superuserUrl('postgres'),
      applicationName: 'bench',
      connectTimeoutMs: 10_000,
    });
    await client.query(text);
    await client.end();
  };
  let made = 0;
  const freshDatabases: FreshDatabases = async () => {
    made += 1;
    const names = ['config', 'results', 'jobs'].map((name) => `bench_${made}_${name}`);
    for (const name of names) await query(`create database ${name}`);
    return {
      // The Go driver of one peer asks for TLS unless told otherwise.
      urls: names.map((name) => `${postgres.superuserUrl(name).reveal()}&sslmode=disable`),
      drop: async () => {
        for (const name of names) await query(`drop database ${name} with (force)`);
      },
    };
  };
  return {
    freshDatabases,
    [Symbol.asyncDispose]: async () => {
      await postgres.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}
