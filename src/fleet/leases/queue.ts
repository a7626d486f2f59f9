import { PgBoss, type ConnectionOptions, type JobAttempt } from 'pg-boss';
import { AppError, messageOf, type Log, type Secret } from '../../base/index.ts';
import type { Job } from '../../contract/index.ts';
import { openDatabase, sqlStateOf, type Database, type Queryable } from '../../postgres/index.ts';

/** The queue that scanners are served from; what ends there for good goes to `…-dead`. Both come with our migrations. */
export const jobQueue = 'scan-jobs';

type WithoutLease<T> = T extends unknown ? Omit<T, 'lease' | 'id'> : never;

/** What a job in the queue carries. */
export type JobBody = WithoutLease<Job> & { readonly scanId: string };

/** A job taken off the queue, not yet given to a scanner. */
export interface FetchedJob {
  readonly id: string;
  readonly attempt: number;
  /** How long it could have been taken before it was, by the clock of the database. */
  readonly waitedMs: number;
  readonly body: JobBody;
}

export interface NewJob {
  readonly id: string;
  readonly priority: number;
  readonly body: JobBody;
}

/** One attempt at a job: settling it has no effect once another attempt has begun. */
export interface Attempt {
  readonly jobId: string;
  readonly attempt: number;
}

/** The part of pg-boss the fleet uses. Each settling call runs in the transaction it is given. */
export interface JobQueue {
  start(): Promise<void>;
  stop(): Promise<void>;
  fetch(count: number): Promise<FetchedJob[]>;
  add(transaction: Queryable, jobs: readonly NewJob[]): Promise<void>;
  complete(transaction: Queryable, attempts: readonly Attempt[]): Promise<void>;
  /** Puts back with back-off, or into the dead letters after the last attempt. */
  fail(transaction: Queryable, attempts: readonly Attempt[], reason: { code: string; message: string }): Promise<void>;
  cancel(transaction: Queryable, jobIds: readonly string[]): Promise<void>;
}

/** How pg-boss is run: it works the queue and keeps it tidy, and leaves every schema alone. */
export const queueOptions = {
  schema: 'pgboss',
  migrate: false,
  createSchema: false,
  supervise: true,
  schedule: false,
  reindex: false,
  monitorVacuum: false,
  persistWarnings: false,
  persistQueueStats: false,
} as const;

export interface JobQueueOptions {
  readonly url: Secret;
  readonly log: Log;
}

/** Opens the queue on the jobs database. Starting it needs the migrated schema; it never changes one. */
export function createJobQueue({ url, log }: JobQueueOptions): JobQueue {
  const database = openDatabase({
    name: 'jobs',
    url,
    applicationName: 'plimsoll queue',
    max: 4,
    connectTimeoutMs: 2000,
    statementTimeoutMs: 10_000,
  });
  const boss = new PgBoss({ ...queueOptions, db: connectionsOf(database) });
  boss.on('error', (error) => {
    log.warn({ reason: messageOf(error) }, 'the job queue met an error');
  });
  return {
    start: async () => {
      await boss.start();
    },
    stop: async () => {
      await boss.stop({ graceful: false });
      await database.close();
    },
    fetch: async (count) => {
      const jobs = await boss.fetch<JobBody>(jobQueue, { batchSize: count, includeMetadata: true });
      return jobs.map(({ id, data, retryCount, createdOn, startAfter, startedOn }) => ({
        id,
        attempt: retryCount + 1,
        waitedMs: Math.max(0, Number(startedOn) - Math.max(Number(createdOn), Number(startAfter))),
        body: data,
      }));
    },
    add: async (transaction, jobs) => {
      const rows = jobs.map(({ id, priority, body }) => ({ id, priority, data: body }));
      await boss.insert(jobQueue, rows, within(transaction));
    },
    complete: async (transaction, attempts) => {
      await boss.complete(jobQueue, attempts.map(bossAttempt), null, within(transaction));
    },
    fail: async (transaction, attempts, reason) => {
      await boss.fail(jobQueue, attempts.map(bossAttempt), reason, within(transaction));
    },
    cancel: async (transaction, jobIds) => {
      await boss.cancel(jobQueue, [...jobIds], within(transaction));
    },
  };
}

/** Lets pg-boss use the connections of ours, which find the primary; it reads the SQLSTATEs of the driver's own errors. */
function connectionsOf(database: Database): NonNullable<ConnectionOptions['db']> {
  return {
    executeSql: async (text, values) => ({
      rows: await database.query(text, values ?? []).catch((error: unknown) => {
        throw error instanceof AppError && sqlStateOf(error) !== undefined ? error.cause : error;
      }),
    }),
  };
}

/** Lets pg-boss run its statements in a transaction of ours. */
function within(transaction: Queryable): ConnectionOptions {
  return { db: { executeSql: async (text, values) => ({ rows: await transaction.query(text, values ?? []) }) } };
}

function bossAttempt({ jobId, attempt }: Attempt): JobAttempt {
  return { id: jobId, retryCount: attempt - 1 };
}
