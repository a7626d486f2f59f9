import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Secret } from '../../src/base/index.ts';
import { databaseNames, type DatabaseName } from '../../src/contract/index.ts';
import { launchPostgres, provisionDatabases, type RunningPostgres } from '../../src/embedded/index.ts';
import { defaultManifestPath, defaultMigrationsDir, readManifest } from '../../src/manifest/index.ts';
import { runMigrator } from '../../src/migrator/index.ts';

type Urls = Readonly<Record<DatabaseName, Secret>>;

/** A durable Postgres of its own, migrated, that can be killed and comes back with what it had. */
export interface KillableCluster extends AsyncDisposable {
  /** Of the role that a manager connects with. */
  readonly urls: Urls;
  /** SIGKILL to the server; resolves when it is gone. */
  kill(): Promise<void>;
  /** Starts it again; resolves when it takes connections. */
  start(): Promise<void>;
}

/** Starts it in the folder. */
export async function startKillableCluster(folder: string): Promise<KillableCluster> {
  const password = (): Secret => new Secret(randomBytes(12).toString('hex'));
  const passwords = {
    owner: password(),
    app: password(),
    readonly: password(),
    prove: password(),
    monitor: password(),
  };
  const options = { home: join(folder, 'postgres'), superuserPassword: password() };
  let postgres: RunningPostgres = await launchPostgres(options);
  await provisionDatabases(postgres, passwords);
  const urlsOf = (role: 'owner' | 'app'): Urls => {
    const entry = (name: DatabaseName) => [name, postgres.url(`plimsoll_${role}`, passwords[role], name)] as const;
    return Object.fromEntries(databaseNames.map(entry)) as Record<DatabaseName, Secret>;
  };
  const manifest = await readManifest(defaultManifestPath());
  await runMigrator({ urls: urlsOf('owner'), manifest, migrationsDir: defaultMigrationsDir() });
  return {
    urls: urlsOf('app'),
    kill: async () => {
      process.kill(postgres.pid, 'SIGKILL');
      await postgres.gone;
    },
    start: async () => {
      postgres = await launchPostgres(options);
    },
    [Symbol.asyncDispose]: async () => await postgres.stop(),
  };
}
