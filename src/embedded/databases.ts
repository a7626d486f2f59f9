import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { Secret } from '../base/index.ts';
import { databaseNames, type DatabaseName, type StackFile } from '../contract/index.ts';
import { placeCluster } from './placement.ts';
import { launchPostgres, provisionDatabases, type Leftover, type RunningPostgres } from './postgres/index.ts';
import { loadSecrets, type StackSecrets } from './secrets.ts';
import type { StackRecord } from './stack-record.ts';
import { Supervised } from './supervisor.ts';

export type DatabaseUrls = Readonly<Record<DatabaseName, Secret>>;

/** The three databases of a stack, up and supervised. */
export interface StackDatabases extends AsyncDisposable {
  /** Where the cluster is; not always in the data folder. */
  readonly clusterHome: string;
  readonly secrets: StackSecrets;
  readonly urls: Readonly<Record<'owner' | 'app' | 'readonly' | 'monitor', DatabaseUrls>>;
  /** Where bundles are restored to be proven: a role that makes databases of its own. */
  readonly proveUrl: Secret;
  /** Whether the previous stack had come as far as laying them out, and what it had left of them. */
  readonly hadCluster: boolean;
  readonly leftover: Leftover;
}

/** Starts Postgres in the data folder and makes the roles and databases that are missing. */
export async function startDatabases(
  dataDir: string,
  record: StackRecord,
  report: (line: string) => void,
): Promise<StackDatabases> {
  const clusterHome = await placeCluster(dataDir);
  const hadCluster = await exists(join(clusterHome, 'cluster'));
  const secrets = await loadSecrets(dataDir, hadCluster);
  const first = await launch(clusterHome, secrets);
  const supervised = await Supervised.start({
    name: 'Postgres',
    first,
    start: async () => await launch(clusterHome, secrets),
    onStarted: async (part) => await record.setPid('postgres', part.pid),
    report,
  });
  try {
    await provisionDatabases(first, secrets);
  } catch (error) {
    await supervised.stop();
    throw error;
  }
  return {
    clusterHome,
    secrets,
    urls: {
      owner: urlsOf(first, 'plimsoll_owner', secrets.owner),
      app: urlsOf(first, 'plimsoll_app', secrets.app),
      readonly: urlsOf(first, 'plimsoll_readonly', secrets.readonly),
      monitor: urlsOf(first, 'plimsoll_monitor', secrets.monitor),
    },
    proveUrl: first.url('plimsoll_prove', secrets.prove, 'postgres'),
    hadCluster,
    leftover: first.leftover,
    [Symbol.asyncDispose]: async () => await supervised.stop(),
  };
}

/** The URLs as `stack.json` shows them to its owner. */
export function revealUrls(urls: StackDatabases['urls']): StackFile['databases'] {
  const entry = (name: DatabaseName) => {
    const reveal = (role: keyof StackDatabases['urls']): string => urls[role][name].reveal();
    return [
      name,
      { owner: reveal('owner'), app: reveal('app'), readonly: reveal('readonly'), monitor: reveal('monitor') },
    ] as const;
  };
  return Object.fromEntries(databaseNames.map(entry)) as StackFile['databases'];
}

async function launch(clusterHome: string, secrets: StackSecrets): Promise<RunningPostgres> {
  return await launchPostgres({ home: clusterHome, superuserPassword: secrets.superuser });
}

function urlsOf(postgres: RunningPostgres, role: string, password: Secret): DatabaseUrls {
  return Object.fromEntries(databaseNames.map((name) => [name, postgres.url(role, password, name)])) as Record<
    DatabaseName,
    Secret
  >;
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
