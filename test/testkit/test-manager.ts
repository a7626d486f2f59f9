import { tmpdir } from 'node:os';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { addUser, createToken } from '../../src/accounts/index.ts';
import { createBackupClient } from '../../src/backups/client/index.ts';
import { Secret, silentLog, systemClock, type Clock } from '../../src/base/index.ts';
import type { DatabaseName, Role } from '../../src/contract/index.ts';
import { createFleet, createJobQueue } from '../../src/fleet/index.ts';
import { createDatabaseStatus } from '../../src/database-status/index.ts';
import { createLog } from '../../src/http/index.ts';
import {
  createManagerApp,
  deriveSessionKeys,
  type FirstUser,
  type ManagerApp,
  type ManagerDeps,
} from '../../src/manager/index.ts';
import { defaultManifestPath, defaultMigrationsDir, readManifest } from '../../src/manifest/index.ts';
import { runMigrator } from '../../src/migrator/index.ts';
import { openDatabase, type Database } from '../../src/postgres/index.ts';
import { createTestDatabases, type TestDatabases } from './databases.ts';
import { packOf } from './evidence-pack.ts';
import { memoryPosture, type MemoryPosture } from './memory-posture.ts';
import { startPostgresProxy, type PostgresProxy } from './postgres-proxy.ts';

/** Brings a test's databases to this release, as the migrator does. */
export async function migrate(databases: TestDatabases): Promise<void> {
  const manifest = await readManifest(defaultManifestPath());
  await runMigrator({ urls: databases.urls('owner'), manifest, migrationsDir: defaultMigrationsDir() });
}

export const passwords = {
  admin: 'correct horse battery staple',
  auditor: 'reads every page, changes none',
  user: 'only ever looks at scans',
} as const;

export const recoveryToken = 'break-glass-recovery-token';

/** A manager over real databases, with one user of each role named for it, and what it wrote and announced. */
export interface TestManager extends AsyncDisposable {
  readonly manager: ManagerApp;
  readonly databases: TestDatabases;
  /** Through which the manager reaches all three databases. */
  readonly proxy: PostgresProxy;
  readonly posture: MemoryPosture;
  readonly deps: ManagerDeps;
  readonly logs: string[];
  readonly announced: FirstUser[];
  /** The config database past the proxy. */
  readonly admin: Database;
  inject(request: InjectOptions | string): Promise<LightMyRequestResponse>;
  /** Signs in as the user named for a role and gives the Cookie header. */
  signIn(role: Role): Promise<string>;
  /** Makes a token and gives the Authorization header. */
  token(role: Role): Promise<string>;
}

export interface TestManagerOptions {
  readonly clock?: Clock;
  readonly users?: readonly Role[];
  /** Whether the migrator has run; default true. */
  readonly migrated?: boolean;
  readonly deps?: Partial<ManagerDeps>;
}

/** Puts a manager together; its background work is running. */
export async function createTestManager(options: TestManagerOptions = {}): Promise<TestManager> {
  const databases = await createTestDatabases({ migrated: options.migrated ?? true });
  const proxy = await startPostgresProxy(databases.config.urls.app);
  const open = (name: DatabaseName, url: Secret): Database =>
    openDatabase({ name, url, applicationName: 'test', connectTimeoutMs: 1500, statementTimeoutMs: 1500, max: 4 });
  const admin = open('config', databases.config.urls.app);
  for (const role of options.users ?? ['admin', 'auditor', 'user'])
    await addUser(by(admin), { username: role, password: new Secret(passwords[role]), role });
  const config = open('config', proxy.urlThrough(databases.config.urls.app));
  const jobs = open('jobs', proxy.urlThrough(databases.jobs.urls.app));
  const results = open('results', databases.results.urls.app);
  const posture = memoryPosture();
  const logs: string[] = [];
  const announced: FirstUser[] = [];
  const deps: ManagerDeps = {
    posture: posture.source,
    waitingChanges: () => [],
    notifications: { figures: () => ({ waiting: undefined, lastDelivered: [] }), onAttempt: () => undefined },
    makeEvidence: async () =>
      await Promise.resolve({ pack: packOf(), envelope: '{}', page: '', keyId: null, unsignedBecause: 'no key' }),
    gate: posture.gate,
    config,
    jobs,
    fleet: createFleet({
      config,
      jobs,
      results,
      queue: createJobQueue({ url: databases.jobs.urls.app, log: silentLog }),
      window: { min: 1, max: 2 },
      clock: systemClock,
      log: silentLog,
      isProductOpen: () => posture.gate.isOpen('product'),
      pollMs: 20,
    }),
    databases: createDatabaseStatus({
      urls: databases.urls('monitor'),
      appUrls: databases.urls('app'),
      dataDir: tmpdir(),
      clock: systemClock,
      log: silentLog,
    }),
    backups: createBackupClient({ url: undefined, token: undefined }),
    log: createLog('manager', 'debug', { write: (line) => logs.push(line) }),
    clock: options.clock ?? systemClock,
    sessionKeys: await deriveSessionKeys(new Secret('a session secret that is long enough')),
    recoveryToken: new Secret(recoveryToken),
    oidc: undefined,
    adminPassword: undefined,
    scannerToken: undefined,
    announceFirstUser: (user) => announced.push(user),
    trustedProxies: [],
    webDirectory: undefined,
    help: [],
    settings: [],
    host: 'manager-1',
    errorCodesPath: 'docs/errors.md',
    ...options.deps,
  };
  const manager = await createManagerApp(deps);
  await manager.start();
  // So that a test meets a manager that has found its queue, if there is one.
  if (options.migrated ?? true) await deps.fleet.round();
  return {
    manager,
    databases,
    proxy,
    posture,
    deps,
    logs,
    announced,
    admin,
    inject: async (request) => await manager.app.inject(request),
    signIn: async (role) => cookieOf(await manager.app.inject(signInRequest(role, passwords[role]))),
    token: async (role) => {
      const { text } = await createToken(by(admin), { name: `token of ${role}`, role, expiresInDays: null });
      return `Bearer ${text.reveal()}`;
    },
    [Symbol.asyncDispose]: async () => {
      await manager.stop();
      await Promise.all([proxy.stop(), admin.close(), config.close(), jobs.close(), results.close()]);
      await databases[Symbol.asyncDispose]();
    },
  };
}

/** Who arranges things in tests. */
export function by(database: Database) {
  return { database, actor: { name: 'test', method: 'command' as const } };
}

/** The request that signs in with a password. */
export function signInRequest(username: string, password: string): InjectOptions {
  return { method: 'POST', url: '/api/session', payload: { username, password } };
}

/** The Cookie header that carries on the session of a sign-in. */
export function cookieOf(response: LightMyRequestResponse): string {
  const cookie = response.cookies.find(({ value }) => value !== '');
  if (cookie === undefined) throw new Error(`no cookie was set: ${response.statusCode} ${response.body}`);
  return `${cookie.name}=${encodeURIComponent(cookie.value)}`;
}
