import { randomBytes } from 'node:crypto';
import type { DatabaseUrls } from '../../src/backups/index.ts';
import { Secret } from '../../src/base/index.ts';
import { databaseNames, type DatabaseName } from '../../src/contract/index.ts';
import { provisionDatabases } from '../../src/embedded/index.ts';
import { defaultManifestPath, defaultMigrationsDir, readManifest } from '../../src/manifest/index.ts';
import { runMigrator } from '../../src/migrator/index.ts';
import type { TestServer } from './postgres-servers.ts';

export type DeploymentRole = 'owner' | 'app' | 'readonly' | 'monitor';

/** A migrated deployment on servers of a test. */
export interface OwnDeployment {
  urls(role: DeploymentRole): DatabaseUrls;
  server(name: DatabaseName): TestServer;
}

/** Sets a deployment up as deploy/ does it, each database on its server. */
export async function deployOn(servers: Readonly<Record<DatabaseName, TestServer>>): Promise<OwnDeployment> {
  const secret = (): Secret => new Secret(randomBytes(9).toString('hex'));
  const passwords = { owner: secret(), app: secret(), readonly: secret(), prove: secret(), monitor: secret() };
  for (const server of new Set(Object.values(servers)))
    await provisionDatabases({ superuserUrl: (database) => server.url(database) }, passwords);
  const urlOf = (role: DeploymentRole, name: DatabaseName): Secret => {
    const superuser = servers[name].url(name).reveal();
    const credentials = `plimsoll_${role}:${passwords[role].reveal()}`;
    return new Secret(superuser.replace(/\/\/[^@]*@/, `//${credentials}@`));
  };
  const urls: OwnDeployment['urls'] = (role) =>
    Object.fromEntries(databaseNames.map((name) => [name, urlOf(role, name)])) as Record<DatabaseName, Secret>;
  const manifest = await readManifest(defaultManifestPath());
  const report = await runMigrator({ urls: urls('owner'), manifest, migrationsDir: defaultMigrationsDir() });
  const stuck = report.databases.find(({ outcome }) => outcome !== 'migrated');
  if (stuck !== undefined) throw new Error(`${stuck.name}: ${JSON.stringify(stuck.error)}`);
  return { urls, server: (name) => servers[name] };
}
