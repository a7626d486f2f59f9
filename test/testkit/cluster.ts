import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret } from '../../src/base/index.ts';
import { launchPostgres, provisionDatabases } from '../../src/embedded/index.ts';
import { isRunning } from '../../src/embedded/processes.ts';
import { quickestFolder } from './scratch-folder.ts';

/** What a test worker needs to reach the run's cluster. Plain text: it crosses from one process to another. */
export interface ClusterAddress {
  readonly socketDir: string;
  readonly passwords: {
    readonly superuser: string;
    readonly owner: string;
    readonly app: string;
    readonly readonly: string;
    readonly prove: string;
    readonly monitor: string;
  };
}

export interface TestCluster {
  readonly address: ClusterAddress;
  readonly stop: () => Promise<void>;
}

const prefix = 'plimsoll-test-';

/** Starts a throw-away cluster with the product's roles and its three databases, which stay empty: tests clone them. */
export async function startTestCluster(settings: Readonly<Record<string, string>> = {}): Promise<TestCluster> {
  const memory = await quickestFolder();
  await Promise.all([...new Set([memory, tmpdir()])].map(removeAbandoned));
  const home = await mkdtemp(join(memory, `${prefix}${process.pid}-`));
  // Not in memory: a tmpfs is often mounted noexec.
  const stagingDir = await mkdtemp(join(tmpdir(), `${prefix}${process.pid}-`));
  const remove = async (): Promise<void> => {
    await Promise.all([home, stagingDir].map((path) => rm(path, { recursive: true, force: true })));
  };
  try {
    const cluster = await launch(home, stagingDir, settings);
    return {
      address: cluster.address,
      stop: async () => {
        await cluster.stop();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function launch(
  home: string,
  stagingDir: string,
  settings: Readonly<Record<string, string>>,
): Promise<TestCluster> {
  const passwords = {
    superuser: password(),
    owner: password(),
    app: password(),
    readonly: password(),
    prove: password(),
    monitor: password(),
  };
  const postgres = await launchPostgres({
    home,
    stagingDir,
    superuserPassword: new Secret(passwords.superuser),
    durable: false,
    settings: { max_connections: '400', autovacuum: 'off', ...settings },
  });
  await provisionDatabases(postgres, {
    owner: new Secret(passwords.owner),
    app: new Secret(passwords.app),
    readonly: new Secret(passwords.readonly),
    prove: new Secret(passwords.prove),
    monitor: new Secret(passwords.monitor),
  });
  return { address: { socketDir: postgres.socketDir, passwords }, stop: async () => await postgres.stop() };
}

/** A run that was killed stopped its server (the lifeline does) but could not remove its files. */
async function removeAbandoned(folder: string): Promise<void> {
  const names = await readdir(folder);
  const abandoned = names.filter((name) => {
    const pid = new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1];
    return pid !== undefined && !isRunning(Number(pid));
  });
  await Promise.all(
    abandoned.map((name) => rm(join(folder, name), { recursive: true, force: true }).catch(() => undefined)),
  );
}

function password(): string {
  return randomBytes(12).toString('base64url');
}
