import { join } from 'node:path';
import { openRecords, verifyChecksums, type DirectoryTarget } from '../../src/backups/index.ts';
import type { RestoreContext } from '../../src/backups/restore/context.ts';
import { openJournals } from '../../src/backups/restore/journal.ts';
import { restoreBundle, type RestoreReport, type RestoreRequest } from '../../src/backups/restore/restore.ts';
import { silentLog, systemClock, type Secret } from '../../src/base/index.ts';
import { databaseNames, type BundleManifest, type Manifest } from '../../src/contract/index.ts';
import { defaultManifestPath, defaultMigrationsDir, readManifest } from '../../src/manifest/index.ts';
import { readDefinitions } from '../../src/migrator/index.ts';
import { connect, disconnect } from '../../src/postgres/index.ts';
import { createTestDatabases, queryServer, serverUrl, type TestDatabase, type TestDatabases } from './databases.ts';
import { bundlePopulated } from './populated-bundle.ts';
import { populated } from './populated.ts';
import { scratchFolder } from './scratch-folder.ts';
import { takeBundle, testEngines, testTarget, type TakeOptions } from './take-bundle.ts';

/** A deployment with a verified bundle of it, about to be restored. */
export interface RestoreScene extends AsyncDisposable {
  readonly databases: TestDatabases;
  /** Where the bundles and the journals are. */
  readonly root: string;
  readonly target: DirectoryTarget;
  readonly bundle: BundleManifest;
  readonly manifest: Manifest;
  readonly deploymentId: string;
  /** What was reported so far. */
  readonly reported: readonly string[];
  context(change?: Partial<RestoreContext>): RestoreContext;
  request(change?: Partial<RestoreRequest>): RestoreRequest;
  restore(change?: {
    readonly context?: Partial<RestoreContext>;
    readonly request?: Partial<RestoreRequest>;
  }): Promise<RestoreReport>;
  /** One more of everything than the bundle has. */
  changeThings(): Promise<void>;
  counts(): Promise<Readonly<Record<'users' | 'scanners' | 'scans' | 'results', number>>>;
  countIn(database: string, sql: string): Promise<number>;
  gateIsOpen(): Promise<boolean>;
  /** Databases that a restore has left beside. */
  sideDatabases(): Promise<string[]>;
}

export interface SceneOptions extends Pick<TakeOptions, 'change' | 'seal'> {
  /** Default true. */
  readonly verified?: boolean;
}

const late = {
  config: `insert into users (username, password_hash, role) values ('late', 'x', 'user');
    insert into scanners (name, enrolled_with, credential_hash, binary_version, protocol_version)
      values ('a late one', '00000000-0000-4000-8000-000000000001', sha256('late'), '1.0.0', 2)`,
  jobs: `insert into scans (name, requested_by) values ('a late one', 'test');
    update scan_jobs set outcome = 'done', ended_at = now(), attempts = 1 where id = '20000000-0000-4000-8000-000000000009'`,
  results: `insert into results (lease_id, job_id, scan_id, scanner_id, target_id, kind, attempt)
    values (gen_random_uuid(), '20000000-0000-4000-8000-000000000009', '10000000-0000-4000-8000-000000000001',
            '00000000-0000-4000-8000-000000000001', '40000000-0000-4000-8000-000000000001', 'tcp', 1)`,
};

/** Makes the deployment, takes a bundle of it and verifies it. */
export async function restoreScene({ verified = true, seal, ...options }: SceneOptions = {}): Promise<RestoreScene> {
  const folder = await scratchFolder();
  const databases = await createTestDatabases({ template: populated });
  const root = join(folder.path, 'backups');
  const target = testTarget(root);
  const deploymentId = await deploymentIdOf(databases);
  const change = { deploymentId, ...options.change };
  const bundle =
    seal === undefined
      ? await bundlePopulated(databases, target, change)
      : await takeBundle({ urls: databases.urls('readonly'), target, seal, change });
  if (verified) await verify(target, bundle.id);
  const manifest = await readManifest(defaultManifestPath());
  const definitions = await readDefinitions(defaultMigrationsDir());
  const engines = await testEngines();
  const reported: string[] = [];
  const context: RestoreScene['context'] = (changed = {}) => ({
    urls: { owner: databases.urls('owner'), app: databases.urls('app'), readonly: databases.urls('readonly') },
    folder: root,
    journals: openJournals(root),
    manifest,
    definitions,
    by: 'ada',
    host: 'here',
    clock: systemClock,
    signal: new AbortController().signal,
    report: (line) => reported.push(line),
    settling: { atLeastMs: 0, atMostMs: 2000 },
    ...changed,
  });
  const request: RestoreScene['request'] = (changed = {}) => ({
    bundle: 'latest',
    accepted: {},
    confirm: async () => await Promise.resolve(true),
    targets: [target],
    cwd: folder.path,
    engines,
    unseal: undefined,
    onBytes: () => undefined,
    ...changed,
  });
  const count = async (name: 'config' | 'jobs' | 'results', table: string): Promise<number> => {
    const [row] = await databases[name].query('app', `select count(*)::integer as n from ${table}`);
    return Number(row?.['n']);
  };
  const prefix = databases.config.databaseName.replace(/config$/, '');
  const sideDatabases = async (): Promise<string[]> => {
    const rows = await queryServer(
      "select datname::text as name from pg_database where starts_with(datname, $1) and datname ~ '_(restore|before|undone)_' order by 1",
      [prefix],
    );
    return rows.map(({ name }) => String(name));
  };
  return {
    databases,
    root,
    target,
    bundle,
    manifest,
    deploymentId,
    reported,
    context,
    request,
    restore: async (changed = {}) => await restoreBundle(context(changed.context), request(changed.request)),
    changeThings: async () => {
      for (const name of databaseNames) await databases[name].query('owner', late[name]);
    },
    counts: async () => ({
      users: await count('config', 'users'),
      scanners: await count('config', 'scanners'),
      scans: await count('jobs', 'scans'),
      results: await count('results', 'results'),
    }),
    countIn,
    gateIsOpen: async () => {
      const rows = await databases.config.query('owner', "select from settings where key = 'deployment.maintenance'");
      return rows.length === 0;
    },
    sideDatabases,
    [Symbol.asyncDispose]: async () => {
      for (const name of await sideDatabases()) await queryServer(`drop database "${name}" with (force)`);
      await databases[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function verify(target: DirectoryTarget, id: string): Promise<void> {
  const records = openRecords(target, silentLog);
  const terms = { onBytes: () => undefined, signal: new AbortController().signal };
  await verifyChecksums({ target, records, id, by: 'test', clock: systemClock, terms });
}

async function deploymentIdOf(databases: TestDatabases): Promise<string> {
  const [row] = await databases.config.query(
    'owner',
    "select value #>> '{}' as id from settings where key = 'deployment.id'",
  );
  return String(row?.['id']);
}

async function countIn(database: string, sql: string): Promise<number> {
  const url: Secret = serverUrl('superuser', database);
  const client = await connect({ name: 'test', url, applicationName: 'test', connectTimeoutMs: 5000 });
  try {
    const { rows } = await client.query<{ n: number }>(sql);
    return rows[0]?.n ?? -1;
  } finally {
    await disconnect(client);
  }
}

/** Everything that anybody but the owner may do in a database, one sorted line each. */
export async function rightsIn(database: TestDatabase): Promise<string[]> {
  const rows = await database.query(
    'superuser',
    `with named (object, owner, acl) as (
       select 'schema ' || nspname, nspowner, nspacl from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'
       union all
       select relkind::text || ' ' || oid::regclass::text, relowner, relacl from pg_class
        where relkind in ('r', 'v', 'S', 'p') and relnamespace::regnamespace::text !~ '^(pg_|information_schema)'
       union all
       select 'function ' || oid::regprocedure::text, proowner, coalesce(proacl, acldefault('f', proowner)) from pg_proc
        where pronamespace::regnamespace::text !~ '^(pg_|information_schema)'
       union all
       select 'default ' || defaclobjtype::text || ' ' || defaclnamespace::regnamespace::text, defaclrole, defaclacl from pg_default_acl
     )
     select format('%s: %s %s', object, case when grantee = 0 then 'public' else grantee::regrole::text end, privilege_type) as line
       from named, aclexplode(acl) where grantee <> owner
     union
     select format('%s is of %s', object, owner::regrole::text) from named
     order by 1`,
  );
  return rows.map(({ line }) => String(line));
}
