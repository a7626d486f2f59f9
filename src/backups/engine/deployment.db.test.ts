import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readContents } from '../../../test/backups/contents.ts';
import { dumpRequest, enginePairs, loadFile } from '../../../test/backups/engines.ts';
import { scratchFolder, type TestServer } from '../../../test/testkit/index.ts';
import { Secret } from '../../base/index.ts';
import { databaseNames, type DatabaseName } from '../../contract/index.ts';
import { statementsOf, withVariables } from '../../embedded/postgres/provision.ts';
import { defaultManifestPath, defaultMigrationsDir, readManifest } from '../../manifest/index.ts';
import { runMigrator } from '../../migrator/index.ts';
import { openSnapshots } from './index.ts';

const never = new AbortController().signal;

describe.each(enginePairs())('a deployment: $label', ({ kind, engine }) => {
  let server: TestServer;
  const rights = readFile(new URL('../../../deploy/database-rights.sql', import.meta.url), 'utf8');

  beforeAll(async () => {
    server = await kind.start();
    const roles = await readFile(new URL('../../../deploy/roles.sql', import.meta.url), 'utf8');
    const quote = () => "'password'";
    const names = [...roles.matchAll(/:'(\w+)'/g)].map(([, name = '']) => [name, '']);
    for (const statement of statementsOf(roles))
      await server.query(
        'postgres',
        withVariables(statement, Object.fromEntries(names) as Record<string, string>, quote),
      );
    for (const name of databaseNames) await server.query(name, await rights);
    await runMigrator({
      urls: urlsAs('plimsoll_owner'),
      manifest: await readManifest(defaultManifestPath()),
      migrationsDir: defaultMigrationsDir(),
    });
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });

  function urlAs(role: string, database: string): Secret {
    const url = new URL(server.url(database).reveal());
    url.username = role;
    url.password = 'password';
    return new Secret(url.href);
  }

  function urlsAs(role: string): Record<DatabaseName, Secret> {
    const entries = databaseNames.map((name) => [name, urlAs(role, name)] as const);
    return Object.fromEntries(entries) as Record<DatabaseName, Secret>;
  }

  it.each(databaseNames)(
    'is dumped by the role that may only read, and its owner brings %s back with the same schema, rows and rights',
    async (name) => {
      await using folder = await scratchFolder();
      await using snapshots = await openSnapshots(urlsAs('plimsoll_readonly'), never);
      const { snapshot, withoutRows } = snapshots.facts[name];
      const url = urlAs('plimsoll_readonly', name);
      const file = await engine.dump(dumpRequest(url, snapshot, folder.path, { database: name, withoutRows }));
      const restored = await server.createDatabase();
      await server.query('postgres', `alter database ${restored} owner to plimsoll_owner`);
      await loadFile(engine, file, urlAs('plimsoll_owner', restored), { privileges: 'keep' });
      expect(await readContents(server.url(restored))).toEqual(await readContents(server.url(name)));
    },
  );
});
