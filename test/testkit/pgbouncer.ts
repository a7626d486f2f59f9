import { existsSync } from 'node:fs';
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Secret } from '../../src/base/index.ts';
import { chooseAccount } from '../../src/embedded/postgres/account.ts';
import { spawnWithLifeline } from '../../src/embedded/postgres/lifeline.ts';
import { exitOf } from '../../src/embedded/processes.ts';
import { scratchFolder } from './scratch-folder.ts';
import { waitFor } from './wait-for.ts';

export type PoolMode = 'transaction' | 'session' | 'statement';

/** The real pooler of the system's packages, in front of one database. */
export interface PgBouncer extends AsyncDisposable {
  /** The same database, role and password, through the pooler. */
  readonly url: Secret;
}

/** Where Debian installs it. */
const program = '/usr/sbin/pgbouncer';

/** Starts it on a socket of its own. `settings` are lines of its ini file. */
export async function startPgBouncer(
  target: Secret,
  poolMode: PoolMode,
  settings: readonly string[] = [],
): Promise<PgBouncer> {
  if (!existsSync(program)) throw new Error('install it: apt-get install pgbouncer');
  const account = await chooseAccount('');
  const scratch = await scratchFolder({ owner: account });
  const { config, users, url } = describe(target, { poolMode, folder: scratch.path, settings });
  await Promise.all([writeFile(join(scratch.path, 'ini'), config), writeFile(join(scratch.path, 'users'), users)]);
  const log = await open(join(scratch.path, 'log'), 'a');
  const server = spawnWithLifeline([program, join(scratch.path, 'ini')], account, log.fd);
  await log.close();
  const gone = exitOf(server.shell);
  await waitFor(async () => existsSync(join(scratch.path, `.s.PGSQL.${port}`)), { what: 'pgbouncer to listen' });
  return {
    url,
    [Symbol.asyncDispose]: async () => {
      server.release();
      await gone;
      await scratch[Symbol.asyncDispose]();
    },
  };
}

const port = 6432;

interface Place {
  readonly poolMode: PoolMode;
  readonly folder: string;
  readonly settings: readonly string[];
}

function describe(target: Secret, { poolMode, folder, settings }: Place) {
  const url = new URL(target.reveal());
  const database = decodeURIComponent(url.pathname.slice(1));
  const user = decodeURIComponent(url.username);
  const config = [
    '[databases]',
    `${database} = host=${url.searchParams.get('host')} port=${url.port} dbname=${database}`,
    '[pgbouncer]',
    'listen_addr =',
    `listen_port = ${port}`,
    `unix_socket_dir = ${folder}`,
    'auth_type = plain',
    `auth_file = ${join(folder, 'users')}`,
    `pool_mode = ${poolMode}`,
    ...settings,
  ];
  url.searchParams.set('host', folder);
  url.port = String(port);
  return {
    config: `${config.join('\n')}\n`,
    users: `"${user}" "${decodeURIComponent(url.password)}"\n`,
    url: new Secret(url.href),
  };
}
