import { randomUUID } from 'node:crypto';
import { silentLog, systemClock } from '../../src/base/index.ts';
import type { DatabaseName, Finding, Job, ProtocolWindow, ResultRequest } from '../../src/contract/index.ts';
import {
  createEnrolmentToken,
  createFleet,
  createJobQueue,
  type Fleet,
  type FleetDeps,
} from '../../src/fleet/index.ts';
import { openDatabase, type Database } from '../../src/postgres/index.ts';
import { createTestDatabases, type TestDatabases } from './databases.ts';

/** One manager's fleet over databases that several may share. */
export interface TestFleet extends AsyncDisposable {
  readonly fleet: Fleet;
  readonly databases: TestDatabases;
  readonly open: Readonly<Record<DatabaseName, Database>>;
  /** Another manager on the same databases. */
  another(deps?: Partial<FleetDeps>): Promise<Fleet>;
  /** Makes an enrolment token that is good for `maxUses` scanners. */
  token(maxUses?: number): Promise<string>;
  /** Enrols a scanner. */
  scanner(facts?: { protocolVersion?: number; binaryVersion?: string; name?: string }): Promise<TestScanner>;
  /** Puts jobs into the queue, all of one scan; gives their ids. */
  addJobs(count: number, facts?: { priority?: number }): Promise<string[]>;
}

/** A scanner as the manager knows it. */
export interface TestScanner {
  readonly id: string;
  readonly credential: string;
  heartbeat(facts?: {
    running?: string[];
    instanceId?: string;
    binaryVersion?: string;
    on?: Fleet;
    credential?: string;
  }): ReturnType<Fleet['heartbeat']>;
  lease(facts?: { max?: number; waitSeconds?: number; on?: Fleet; signal?: AbortSignal }): Promise<Job[]>;
  finish(job: Job, result?: Outcome, on?: Fleet): Promise<void>;
}

type WithoutLease<T> = T extends unknown ? Omit<T, 'leaseId'> : never;
/** A result without the lease it belongs to. */
export type Outcome = WithoutLease<ResultRequest>;

export const tcpFinding: Finding = { kind: 'tcp', open: true, latencyMs: 1.5, error: null };

/** Puts a fleet together on migrated databases; its timed work runs only when a test calls `round`. */
export async function createTestFleet(
  facts: { window?: ProtocolWindow; deps?: Partial<FleetDeps>; start?: boolean } = {},
): Promise<TestFleet> {
  const databases = await createTestDatabases({ migrated: true });
  const open = {
    config: openAt(databases, 'config'),
    results: openAt(databases, 'results'),
    jobs: openAt(databases, 'jobs'),
  };
  const window = facts.window ?? { min: 1, max: 2 };
  const fleets: Fleet[] = [];
  const another = async (deps: Partial<FleetDeps> = {}): Promise<Fleet> => {
    const queue = createJobQueue({ url: databases.jobs.urls.app, log: silentLog });
    const fleet = createFleet({
      ...open,
      queue,
      window,
      clock: systemClock,
      log: silentLog,
      isProductOpen: () => true,
      random: () => 0.5,
      pollMs: 20,
      ...deps,
    });
    await fleet.round();
    fleets.push(fleet);
    return fleet;
  };
  const fleet = await another(facts.deps);
  const token = async (maxUses = 1): Promise<string> => {
    const made = await createEnrolmentToken(open.config, { note: '', madeBy: 'test', validSeconds: 3600, maxUses });
    return made.text.reveal();
  };
  return {
    fleet,
    databases,
    open,
    another,
    token,
    scanner: async ({ protocolVersion = 2, binaryVersion = '1.0.0', name = 'scanner' } = {}) => {
      const answer = await fleet.enrol(await token(), { name, binaryVersion, protocolVersion });
      return testScanner(fleet, answer, { protocolVersion, binaryVersion });
    },
    addJobs: async (count, { priority = 0 } = {}) => await addJobs(open.jobs, databases, count, priority),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(fleets.map(async (one) => await one.stop()));
      await Promise.all(Object.values(open).map(async (database) => await database.close()));
      await databases[Symbol.asyncDispose]();
    },
  };
}

function openAt(databases: TestDatabases, name: DatabaseName): Database {
  const url = databases[name].urls.app;
  return openDatabase({
    name,
    url,
    applicationName: 'test',
    connectTimeoutMs: 5000,
    statementTimeoutMs: 10_000,
    max: 6,
  });
}

function testScanner(
  fleet: Fleet,
  { scannerId, credential }: { scannerId: string; credential: string },
  spoken: { protocolVersion: number; binaryVersion: string },
): TestScanner {
  return {
    id: scannerId,
    credential,
    heartbeat: async ({ running = [], instanceId, binaryVersion, on = fleet, credential: other } = {}) =>
      await on.heartbeat(other ?? credential, {
        protocolVersion: spoken.protocolVersion,
        binaryVersion: binaryVersion ?? spoken.binaryVersion,
        running,
        instanceId,
      }),
    lease: async ({ max = 1, waitSeconds = 0, on = fleet, signal = new AbortController().signal } = {}) =>
      await on.lease(credential, { protocolVersion: spoken.protocolVersion, max, waitSeconds }, signal),
    finish: async (job, result = { outcome: 'done', findings: [tcpFinding] }, on = fleet) => {
      await on.result(credential, job.id, { ...result, leaseId: job.lease.leaseId });
    },
  };
}

async function addJobs(jobs: Database, databases: TestDatabases, count: number, priority: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => randomUUID());
  const [scan] = await jobs.query<{ id: string }>(
    "insert into scans (name, requested_by) values ('test', 'test') returning id",
  );
  const queue = createJobQueue({ url: databases.jobs.urls.app, log: silentLog });
  await queue.start();
  const target = { host: '127.0.0.1', port: 80 };
  const body = { kind: 'tcp', target, options: { timeoutMs: 1000 }, scanId: scan?.id ?? '' } as const;
  await jobs.transaction(async (transaction) => {
    await transaction.query(
      "insert into scan_jobs (id, scan_id, kind, host, port) select unnest($1::uuid[]), $2, 'tcp', '127.0.0.1', 80",
      [ids, scan?.id],
    );
    await queue.add(
      transaction,
      ids.map((id) => ({ id, priority, body })),
    );
  });
  await queue.stop();
  return ids;
}
