import { join } from 'node:path';
import type { Secret } from '../../base/index.ts';
import { chooseAccount } from './account.ts';
import { prepareBinaries } from './binaries.ts';
import { homeAt, prepareHome, removeSocketDir } from './home.ts';
import { initialiseCluster, superuser } from './initialise.ts';
import { settleLeftover, type Leftover } from './postmaster.ts';
import { startServer } from './server.ts';
import type { ServerSettings } from './server-settings.ts';
import { socketUrl } from './socket-url.ts';

export interface LaunchOptions {
  /** Absolute path of the folder for the cluster, its socket and its log; made if it is missing. */
  readonly home: string;
  readonly superuserPassword: Secret;
  /** Where a copy of the programs goes if the account cannot reach them; default inside `home`. */
  readonly stagingDir?: string;
  readonly settings?: ServerSettings;
  /** False trades safety for speed, for clusters that a test throws away. Default true. */
  readonly durable?: boolean;
  readonly readyTimeoutMs?: number;
}

/** A running cluster; it ends with this process, however that ends. */
export interface RunningPostgres {
  readonly pid: number;
  readonly socketDir: string;
  readonly logFile: string;
  readonly leftover: Leftover;
  /** Settles when the server is gone, whoever ended it; with its exit code, null if it died of a signal. */
  readonly gone: Promise<number | null>;
  /** URL of a role in a database of this cluster. */
  url(role: string, password: Secret, database: string): Secret;
  superuserUrl(database: string): Secret;
  stop(): Promise<void>;
}

const careless: ServerSettings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

/** Starts the cluster in `home`, making it first if need be; each step is a file of this folder. */
export async function launchPostgres(options: LaunchOptions): Promise<RunningPostgres> {
  const durable = options.durable ?? true;
  const home = homeAt(options.home);
  const account = await chooseAccount(home.directory);
  await prepareHome(home, account);
  const binaries = await prepareBinaries(account, options.stagingDir ?? join(home.directory, 'native'));
  const leftover = await settleLeftover(home);
  await initialiseCluster({ home, binaries, account, superuserPassword: options.superuserPassword, durable });
  const server = await startServer({
    home,
    binaries,
    account,
    settings: { ...(durable ? {} : careless), ...options.settings },
    readyTimeoutMs: options.readyTimeoutMs ?? 60_000,
  });
  const url = (role: string, password: Secret, database: string): Secret =>
    socketUrl({ role, password, database, socketDir: home.socketDir });
  return {
    pid: server.pid,
    socketDir: home.socketDir,
    logFile: home.logFile,
    leftover,
    gone: server.gone,
    url,
    superuserUrl: (database) => url(superuser, options.superuserPassword, database),
    stop: async () => {
      await server.stop();
      await removeSocketDir(home);
    },
  };
}
