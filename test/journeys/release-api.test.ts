import { appendFile, cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { registry } from '../../src/commands/registry.ts';
import {
  type DatabaseName,
  type DatabasePosture,
  type Manifest,
  type ReleasePosture,
} from '../../src/contract/index.ts';
import { readManifest } from '../../src/manifest/index.ts';
import { runMigrator } from '../../src/migrator/index.ts';
import { waitFor, type PostgresProxy } from '../testkit/index.ts';
import { checkContract, unseenParts } from './release-contract.ts';
import { setScene, type Ground, type Scene, type SceneOptions } from './release-scene.ts';

/** How soon the gate opens after a migrator's end. */
const opensWithinMs = 5000;
const manifest = await readManifest('release.json');
const required = (name: DatabaseName): number => manifest.databases[name].schemaVersion;

/** A state of the deployment, made while setting the scene or afterwards. */
interface State extends SceneOptions {
  readonly name: string;
  /** Makes the state while the manager is running, after it was ready. */
  readonly disturb?: (scene: Scene) => Promise<void> | void;
  readonly verdict: ReleasePosture['verdict']['status'];
  /** All of them, worst first: `code part`. */
  readonly reasons: readonly string[];
  readonly databases: Partial<Record<DatabaseName, Partial<DatabasePosture>>>;
  /** The code of the closed gate; undefined while it is open. */
  readonly closed?: string;
  readonly more?: Partial<Record<keyof ReleasePosture, object>>;
  /** Ends the state. */
  readonly mend?: (scene: Scene) => Promise<unknown> | void;
}

/** This release with one more migration of jobs, run by its own migrator. */
async function migrateToNextRelease({ databases, folder }: Ground, sql: string): Promise<void> {
  const version = required('jobs') + 1;
  const migrationsDir = await copyMigrations(folder);
  await writeFile(join(migrationsDir, 'jobs', `${String(version).padStart(4, '0')}_come_next.sql`), sql);
  const next: Manifest = {
    ...manifest,
    appVersion: '1.1.0',
    databases: { ...manifest.databases, jobs: { schemaVersion: version } },
  };
  const report = await runMigrator({ urls: databases.urls('owner'), manifest: next, migrationsDir });
  expect(report.databases.map(({ current }) => current)).toEqual([required('config'), required('results'), version]);
}

async function copyMigrations(folder: string): Promise<string> {
  const copy = join(folder, 'migrations');
  await cp('migrations', copy, { recursive: true });
  return copy;
}

const setOldest = (version: number): string => `-- plimsoll: oldest-compatible=${version}\nselect 1;\n`;

/** Leaves jobs one migration short of this release. */
async function leaveJobsBehind({ databases }: Ground): Promise<void> {
  const options = { urls: databases.urls('owner'), manifest, migrationsDir: 'migrations' };
  await runMigrator({ ...options, only: ['config', 'results'] });
  await runMigrator({ ...options, only: ['jobs'], to: required('jobs') - 1 });
}

/** As a migrator that was killed leaves it, or the end of its repair. */
async function setNewestFinished({ databases }: Ground, finishedAt: 'null' | 'now()'): Promise<void> {
  await databases.results.query(
    'superuser',
    `set session_replication_role = replica;
     update plimsoll.schema_migration set finished_at = ${finishedAt} where version = ${required('results')}`,
  );
}

const noPreflight = 'preflight_missing preflight';
const migratedSince = 'backup_predates_migration backup';
const unread: Partial<DatabasePosture> = { status: 'unknown', current: null, pending: [], problems: [] };
const because = (code: string) => ({ error: expect.objectContaining({ code }) as DatabasePosture['error'] });
const everyProxy = ({ proxies }: Scene): PostgresProxy[] => Object.values(proxies);

const states: readonly State[] = [
  { name: 'all ok', verdict: 'ok', reasons: [noPreflight], databases: {} },
  {
    name: 'one database behind',
    migrated: false,
    arrange: leaveJobsBehind,
    verdict: 'stopped',
    reasons: ['schema_behind jobs', noPreflight],
    databases: {
      jobs: {
        status: 'behind',
        current: required('jobs') - 1,
        pending: [{ version: required('jobs'), name: expect.any(String) as string }],
      },
    },
    closed: 'schema_behind',
    mend: async (scene) => expect(await scene.run('migrator')).toBe(0),
  },
  {
    name: 'ahead and allowed',
    arrange: async (ground) => await migrateToNextRelease(ground, setOldest(required('jobs'))),
    verdict: 'ok',
    reasons: ['schema_ahead_allowed jobs', migratedSince, noPreflight],
    databases: { jobs: { status: 'ahead', current: required('jobs') + 1, aheadAllowed: true } },
  },
  {
    name: 'ahead and not allowed',
    arrange: async (ground) => await migrateToNextRelease(ground, setOldest(required('jobs') + 1)),
    verdict: 'stopped',
    reasons: ['schema_ahead jobs', migratedSince, noPreflight],
    databases: { jobs: { status: 'ahead', current: required('jobs') + 1, aheadAllowed: false } },
    closed: 'schema_ahead',
  },
  {
    name: 'one stopped',
    disturb: async ({ proxies }) => await proxies.jobs.stop(),
    verdict: 'stopped',
    reasons: ['schema_unknown jobs', noPreflight],
    databases: { jobs: { ...unread, ...because('database_unreachable') } },
    closed: 'schema_unknown',
    mend: async ({ proxies }) => await proxies.jobs.start(),
  },
  {
    name: 'all stopped',
    disturb: async (scene) => void (await Promise.all(everyProxy(scene).map(async (proxy) => await proxy.stop()))),
    verdict: 'stopped',
    reasons: [
      'schema_unknown config',
      'schema_unknown results',
      'schema_unknown jobs',
      'scanners_unknown scanners',
      'preflight_unknown preflight',
    ],
    databases: {
      config: { ...unread, ...because('database_unreachable') },
      results: { ...unread, ...because('database_unreachable') },
      jobs: { ...unread, ...because('database_unreachable') },
    },
    closed: 'schema_unknown',
    more: { scanners: { status: 'unknown', ...because('database_unreachable') }, migrations: [] },
    mend: async (scene) => await Promise.all(everyProxy(scene).map(async (proxy) => await proxy.start())),
  },
  {
    name: 'a ledger that may not be read',
    arrange: async ({ databases }) =>
      void (await databases.results.query('owner', 'revoke select on plimsoll.schema_migration from public')),
    verdict: 'stopped',
    reasons: ['schema_unknown results', noPreflight],
    databases: { results: { ...unread, ...because('database_permission_denied'), readAt: null } },
    closed: 'schema_unknown',
    mend: async ({ databases }) =>
      await databases.results.query('owner', 'grant select on plimsoll.schema_migration to public'),
  },
  {
    name: 'one that accepts and never answers, the one with the users',
    disturb: ({ proxies }) => proxies.config.pause(),
    verdict: 'stopped',
    reasons: ['schema_unknown config', 'scanners_unknown scanners', 'preflight_unknown preflight'],
    databases: { config: { ...unread, ...because('database_timeout') } },
    closed: 'schema_unknown',
    more: { scanners: { status: 'unknown', ...because('database_timeout') } },
    mend: ({ proxies }) => proxies.config.resume(),
  },
  {
    name: 'dirty',
    arrange: async (ground) => await setNewestFinished(ground, 'null'),
    verdict: 'stopped',
    reasons: ['schema_dirty results', 'drift_unchecked results', noPreflight],
    databases: {
      results: { current: required('results') - 1, problems: [expect.objectContaining({ code: 'dirty' }) as never] },
    },
    closed: 'schema_dirty',
    mend: async (scene) => await setNewestFinished(scene, 'now()'),
  },
  {
    name: 'changed',
    arrange: async ({ folder }) => {
      const MIGRATIONS_DIR = await copyMigrations(folder);
      await appendFile(join(MIGRATIONS_DIR, 'config/0001_create_users.sql'), '-- as nobody applied it\n');
      return { MIGRATIONS_DIR };
    },
    verdict: 'attention',
    reasons: ['schema_changed config', noPreflight],
    databases: { config: { problems: [expect.objectContaining({ code: 'changed' }) as never] } },
  },
  {
    name: 'drifted',
    arrange: async ({ databases }) =>
      void (await databases.results.query('owner', 'create table by_hand (id integer)')),
    verdict: 'attention',
    reasons: ['schema_drift results', noPreflight],
    databases: { results: { problems: [expect.objectContaining({ code: 'drift' }) as never] } },
  },
];

test.each(states)(
  '$name: the release is shown whole and in time, and product and readiness answer by it',
  async (state) => {
    await using scene = await setScene(state);
    if (state.disturb !== undefined) {
      await waitUntilOpen(scene, 10_000);
      await state.disturb(scene);
    }
    const posture = await waitForRelease(scene, (release) => expectState(release, state));
    for (const { remedy } of posture.verdict.reasons) expectCommandToExist(remedy);
    await expectGate(scene, posture, state.closed);
    if (state.mend === undefined) return;
    await state.mend(scene);
    await waitUntilOpen(scene, opensWithinMs);
    const mended = await waitForRelease(scene, expectAllWell);
    expect(unseenParts(mended)).toEqual(troubleParts);
    await expectGate(scene, mended, undefined);
  },
);

/** What the promise names that a deployment in which all is well has nothing to show for. */
const troubleParts = [
  'databases.pending',
  'databases.problems',
  'databases.error',
  'lastBackup.error',
  'scanners.error',
];

test('the promise that the states are held against is seen whole when all is well, apart from trouble', async () => {
  await using scene = await setScene({});
  expect(unseenParts(await waitForRelease(scene, expectAllWell))).toEqual(troubleParts);
});

function expectAllWell(release: ReleasePosture): void {
  expectState(release, { verdict: 'ok', reasons: [noPreflight], databases: {} });
}

function expectState(release: ReleasePosture, state: Omit<State, 'name'>): void {
  expect(release.verdict.reasons.map(({ code, part }) => `${code} ${part}`)).toEqual(state.reasons);
  expect(release.verdict.status).toBe(state.verdict);
  expect(release).toMatchObject(state.more ?? {});
  for (const database of release.databases)
    expect(database).toMatchObject({ ...wellAt(database.name), ...state.databases[database.name] });
  if (state.disturb === undefined) return;
  for (const { lastKnown, name } of release.databases.filter(({ status }) => status === 'unknown'))
    expect(lastKnown).toMatchObject({ status: 'ok', current: required(name) });
}

function wellAt(name: DatabaseName): Partial<DatabasePosture> {
  return { current: required(name), required: required(name), error: null, readAt: expect.any(String) as string };
}

/** Asks again until the release is as expected; an answer that is late or not as promised ends the wait at once. */
async function waitForRelease(scene: Scene, expectIt: (release: ReleasePosture) => void): Promise<ReleasePosture> {
  const found = await waitFor(
    async () => {
      const release = await readRelease(scene).catch((error: unknown) => ({ error }));
      if (!('error' in release)) expectIt(release);
      return release;
    },
    { what: 'the release to be as expected' },
  );
  if ('error' in found) throw found.error;
  return found;
}

async function readRelease(scene: Scene): Promise<ReleasePosture> {
  const { status, body } = await scene.get('/api/admin/release');
  expect(status).toBe(200);
  return checkContract(body);
}

async function waitUntilOpen(scene: Scene, timeoutMs: number): Promise<void> {
  await waitFor(async () => (await scene.get('/readyz')).status === 200, {
    what: 'the gate to open',
    timeoutMs,
  });
}

/** Product routes and readiness, by what the release says of the gate. */
async function expectGate(scene: Scene, { gate }: ReleasePosture, code: string | undefined): Promise<void> {
  const [scans, ready, live] = [await scene.get('/api/scans'), await scene.get('/readyz'), await scene.get('/livez')];
  expect(live.status).toBe(200);
  expect(gate.open).toBe(code === undefined);
  if (code === undefined) {
    expect(gate.closedParts).toEqual([]);
    expect([scans.status, ready.status]).toEqual([200, 200]);
    return;
  }
  const [first] = gate.closedParts;
  expect(first).toMatchObject({ part: 'product', code });
  expect(scans).toMatchObject({
    status: 503,
    body: { code, status: 503, database: first?.database, current: first?.current, required: first?.required },
  });
  expect(scans.headers.get('content-type')).toContain('application/problem+json');
  expect(Number(scans.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(scans.body['remedy']).toContain(first?.remedy);
  expect(ready).toMatchObject({ status: 503, body: { code: 'not_ready', reasons: gate.closedParts } });
}

/** A remedy is nothing, a changed file brought back by git, or a command that this program has. */
function expectCommandToExist(remedy: string): void {
  if (remedy === '' || /^git checkout -- migrations\/[a-z]+\/\d{4}_[a-z0-9_]+\.sql$/.test(remedy)) return;
  const [, words = remedy] = /^npx plimsoll ([a-z]+(?: [a-z]+)?)(?: --database [a-z]+)?$/.exec(remedy) ?? [];
  expect(Object.keys(registry)).toContain(words === 'migrator' ? 'migrator migrate' : words);
}
