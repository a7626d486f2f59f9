import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { databaseNames, type DatabaseName } from '../../src/contract/index.ts';
import { readManifest } from '../../src/manifest/index.ts';
import {
  createTestDatabases,
  scratchFolder,
  startChild,
  startPostgresProxy,
  type PostgresProxy,
  type TestDatabases,
} from '../testkit/index.ts';

const answersWithinMs = 3000;
const recoveryToken = 'a recovery token for this journey';

/** What is arranged before the manager starts. */
export interface Ground {
  readonly databases: TestDatabases;
  /** Of this test alone. */
  readonly folder: string;
}

/** A manager as its own process on real databases, each of which can be taken away, and somebody who has broken the glass. */
export interface Scene extends Ground, AsyncDisposable {
  readonly proxies: Readonly<Record<DatabaseName, PostgresProxy>>;
  /** Asks as the one who is signed in; fails when there is no answer in time. */
  get(path: string): Promise<Answer>;
  /** Runs `plimsoll …` with the migrator's roles, and gives its exit code. */
  run(...words: readonly string[]): Promise<number | null>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

export type Environment = Readonly<Record<string, string>>;

/** How a scene is set. */
export interface SceneOptions {
  /** Whether the migrator of this release has run before anything is arranged; default true. */
  readonly migrated?: boolean;
  /** Gives settings for the manager, if it needs any. */
  readonly arrange?: (ground: Ground) => Promise<Environment | void>;
}

/** Arranges the databases, starts the manager on them and signs in with the recovery token. */
export async function setScene({ migrated = true, arrange }: SceneOptions): Promise<Scene> {
  const things = new AsyncDisposableStack();
  const folder = things.use(await scratchFolder()).path;
  const databases = things.use(await createTestDatabases({ migrated }));
  const settings = (await arrange?.({ databases, folder })) ?? {};
  await enrolScanner(databases);
  const proxies = {
    config: things.use(await startPostgresProxy(databases.config.urls.app)),
    results: things.use(await startPostgresProxy(databases.results.urls.app)),
    jobs: things.use(await startPostgresProxy(databases.jobs.urls.app)),
  };
  const environment = {
    ...urlSettings(databases, proxies),
    BACKUP_SERVICE_URL: await startBackupService(things),
    DATA_DIR: folder,
    RECOVERY_TOKEN: recoveryToken,
    PORT: '0',
    ...settings,
  };
  const manager = things.use(startChild({ args: ['src/main.ts', 'manager'], environment }));
  const url = (await manager.line(/^Listening on /)).replace('Listening on ', '').trim();
  const cookie = await breakGlass(url);
  return {
    databases,
    folder,
    proxies,
    get: async (path) => await ask(url + path, { headers: { cookie } }),
    run: async (...words) => {
      await using child = startChild({ args: ['src/main.ts', ...words], environment });
      return await child.exited;
    },
    [Symbol.asyncDispose]: async () => await things.disposeAsync(),
  };
}

function urlSettings(databases: TestDatabases, proxies: Scene['proxies']): Environment {
  const entries = databaseNames.flatMap((name) => {
    const setting = `${name.toUpperCase()}_DATABASE_URL`;
    return [
      [setting, proxies[name].urlThrough(databases[name].urls.app).reveal()],
      [`MIGRATOR_${setting}`, databases[name].urls.owner.reveal()],
    ];
  });
  return Object.fromEntries(entries) as Environment;
}

/** Has one bundle, taken just now at the versions of this release. */
async function startBackupService(things: AsyncDisposableStack): Promise<string> {
  const createdAt = new Date().toISOString();
  const { databases } = await readManifest('release.json');
  const schemaVersions = Object.fromEntries(databaseNames.map((name) => [name, databases[name].schemaVersion]));
  const bundle = { id: 'b1', createdAt, bytes: 5, verifiedAt: null, schemaVersions };
  const server = createServer((_, response) => response.end(JSON.stringify({ bundle }))).listen(0, '127.0.0.1');
  await once(server, 'listening');
  things.defer(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function enrolScanner({ config }: TestDatabases): Promise<void> {
  await config.query(
    'app',
    `with token as (
       insert into enrolment_tokens (token_hash, made_by, expires_at, max_uses)
       values (sha256('token'), 'test', now(), 9) returning id
     )
     insert into scanners (name, enrolled_with, credential_hash, binary_version, protocol_version, state)
     select 'a', token.id, sha256('a'), '1.0.0', 2, 'online' from token`,
  );
}

async function breakGlass(url: string): Promise<string> {
  const { headers } = await ask(`${url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ recoveryToken }),
  });
  return headers.getSetCookie()[0]?.split(';')[0] ?? '';
}

async function ask(url: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(answersWithinMs) });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Answer['body'] };
}
