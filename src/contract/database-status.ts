import { z } from 'zod';
import { databaseNames } from './databases.ts';
import { partErrorSchema } from './problem.ts';

const instant = z.iso.datetime();
const seconds = z.number();
const bytes = z.number();
const pid = z.int();

/** What a database comes to: `unknown` also when nothing is wrong as far as it could be read, and something could not. */
export const databaseHealths = ['ok', 'attention', 'critical', 'unknown'] as const;
export type DatabaseHealth = (typeof databaseHealths)[number];

export const breachSeverities = ['critical', 'warn', 'info'] as const;
export type BreachSeverity = (typeof breachSeverities)[number];

const serverSchema = z.object({
  /** Which of the hosts that its URL names was reached. */
  host: z.string(),
  version: z.string(),
  startedAt: instant,
  /** A standby, or a server that is being recovered. */
  inRecovery: z.boolean(),
  /** How long a new connection took, signing in included. */
  connectMs: z.number(),
  /** How long the open connection took to answer nothing at all. */
  roundTripMs: z.number(),
});
export type ServerReading = z.infer<typeof serverSchema>;

const rightsSchema = z.object({
  /** The role that the readings are made with. */
  role: z.string(),
  /** Whether it has `pg_monitor`. */
  monitor: z.boolean(),
  superuser: z.boolean(),
  /** Why the role that is meant for this could not be used, and the manager's own was; null: nothing was in the way. */
  instead: z.string().nullable(),
});
export type RightsReading = z.infer<typeof rightsSchema>;

const sizeSchema = z.object({
  bytes,
  /** Null until this manager has known the size for an hour. */
  growth: z.object({ since: instant, bytes, perDayBytes: bytes }).nullable(),
});
export type SizeReading = z.infer<typeof sizeSchema>;

const clientGroupSchema = z.object({
  application: z.string(),
  role: z.string(),
  database: z.string(),
  total: z.int(),
  active: z.int(),
  idleInTransaction: z.int(),
});

const connectionsSchema = z.object({
  /** Client connections of the whole server, whatever their database. */
  used: z.int(),
  /** `max_connections`. */
  limit: z.int(),
  /** Of those, kept back for superusers and for roles with `pg_use_reserved_connections`. */
  reserved: z.int(),
  clients: z.array(clientGroupSchema),
});
export type ConnectionsReading = z.infer<typeof connectionsSchema>;

export const sessionKinds = ['client', 'dump', 'migration'] as const;
export type SessionKind = (typeof sessionKinds)[number];

const openTransactionSchema = z.object({
  pid,
  application: z.string(),
  role: z.string(),
  /** Address of the client; null for one on the same machine. */
  client: z.string().nullable(),
  /** What it says it is by its name: a dump and a migration are not clients that have forgotten something. */
  kind: z.enum(sessionKinds),
  /** Null: the role may not see it. */
  state: z.string().nullable(),
  transactionSeconds: seconds.nullable(),
  /** How long it has been in this state: of one that is idle, how long it has really been idle. */
  stateSeconds: seconds.nullable(),
  waitsFor: z.string().nullable(),
  /** Its statement, or the last one; shortened, and left out where it names a password. */
  statement: z.string().nullable(),
});
export type OpenTransaction = z.infer<typeof openTransactionSchema>;

const preparedSchema = z.object({ gid: z.string(), owner: z.string(), seconds });

const sessionsSchema = z.object({
  /** Sessions in this database. */
  total: z.int(),
  /** Those with an open transaction, the longest first; at most 20. */
  open: z.array(openTransactionSchema),
  prepared: z.array(preparedSchema),
});
export type SessionsReading = z.infer<typeof sessionsSchema>;

const waitingSchema = z.object({
  pid,
  application: z.string(),
  role: z.string(),
  /** Null in the first moment, and without the right to know. */
  seconds: seconds.nullable(),
  lockType: z.string(),
  mode: z.string(),
  /** The table, where the lock is on one or on a row of one. */
  table: z.string().nullable(),
  /** Who stands in front of it; 0 is a prepared transaction. */
  blockedBy: z.array(pid),
  statement: z.string().nullable(),
});
export type WaitingSession = z.infer<typeof waitingSchema>;

const blockerSchema = z.object({
  pid,
  application: z.string(),
  role: z.string(),
  state: z.string().nullable(),
  transactionSeconds: seconds.nullable(),
  statement: z.string().nullable(),
});
export type BlockingSession = z.infer<typeof blockerSchema>;

/** Whoever waits, and whoever is at the head of a queue and waits for nobody. */
const locksSchema = z.object({ waiting: z.array(waitingSchema), heads: z.array(blockerSchema) });
export type LocksReading = z.infer<typeof locksSchema>;

const standbySchema = z.object({
  name: z.string(),
  state: z.string().nullable(),
  sync: z.string().nullable(),
  /** How much log it has not replayed. Null: the role may not see it. */
  behindBytes: bytes.nullable(),
  /** How long ago it replayed what it replayed last; null when it has nothing to replay. */
  behindSeconds: seconds.nullable(),
});
export type StandbyReading = z.infer<typeof standbySchema>;

const slotSchema = z.object({
  name: z.string(),
  type: z.string(),
  active: z.boolean(),
  /** `reserved`, `extended`, `unreserved`, `lost`; null for a slot that keeps nothing yet. */
  walStatus: z.string().nullable(),
  /** Log that is kept because of it. */
  keptBytes: bytes.nullable(),
  /** How much more may be written before it is lost; null without such a limit. */
  safeBytes: bytes.nullable(),
  /** Since when nobody reads from it; told from Postgres 17 on. */
  inactiveSince: instant.nullable(),
});
export type SlotReading = z.infer<typeof slotSchema>;

const replicationSchema = z.object({
  standbys: z.array(standbySchema),
  slots: z.array(slotSchema),
  /** Of a standby: how far it is behind what it follows. */
  following: z
    .object({ receiving: z.boolean().nullable(), behindBytes: bytes.nullable(), behindSeconds: seconds.nullable() })
    .nullable(),
});
export type ReplicationReading = z.infer<typeof replicationSchema>;

const cacheSchema = z.object({
  /** Of the blocks asked for since then, how many were in the server's own memory: 0 to 1; null when none was asked for. */
  hitRatio: z.number().nullable(),
  blocks: z.number(),
  since: instant,
});
export type CacheReading = z.infer<typeof cacheSchema>;

const tableRowsSchema = z.object({
  table: z.string(),
  liveRows: z.number(),
  deadRows: z.number(),
  /** With how many dead rows autovacuum is to come. */
  comesAt: z.number(),
  vacuumedAt: instant.nullable(),
  autovacuumedAt: instant.nullable(),
  beingVacuumed: z.boolean(),
  autovacuum: z.boolean(),
});
export type TableRows = z.infer<typeof tableRowsSchema>;

const vacuumWorkerSchema = z.object({
  pid,
  table: z.string(),
  phase: z.string().nullable(),
  percent: z.number().nullable(),
  seconds: seconds.nullable(),
  toPreventWraparound: z.boolean(),
  blockedBy: z.array(pid),
});
export type VacuumWorker = z.infer<typeof vacuumWorkerSchema>;

const vacuumSchema = z.object({
  autovacuum: z.boolean(),
  /** The ten with the most dead rows. */
  tables: z.array(tableRowsSchema),
  workers: z.array(vacuumWorkerSchema),
});
export type VacuumReading = z.infer<typeof vacuumSchema>;

const wraparoundSchema = z.object({
  xids: z.number(),
  multixacts: z.number(),
  /** Of what there is until writing stops, by whichever is further: 0 to 1. */
  used: z.number(),
  /** At this age autovacuum comes by itself, even where it is switched off. */
  freezeMaxAge: z.number(),
  oldest: z.array(z.object({ table: z.string(), xids: z.number() })),
});
export type WraparoundReading = z.infer<typeof wraparoundSchema>;

export const holderKinds = [...sessionKinds, 'prepared', 'slot', 'standby'] as const;
export type HolderKind = (typeof holderKinds)[number];

const holderSchema = z.object({
  kind: z.enum(holderKinds),
  name: z.string(),
  pid: pid.nullable(),
  /** How many transactions ago it began to keep dead rows from being removed. */
  age: z.number(),
  seconds: seconds.nullable(),
});
export type HorizonHolder = z.infer<typeof holderSchema>;

/** What keeps dead rows from being removed, the oldest first. */
const horizonSchema = z.object({ holders: z.array(holderSchema) });
export type HorizonReading = z.infer<typeof horizonSchema>;

const invalidIndexSchema = z.object({
  index: z.string(),
  table: z.string(),
  bytes: bytes.nullable(),
  /** A build is under way on its table, so it may be valid soon. */
  beingBuilt: z.boolean(),
});
export type InvalidIndex = z.infer<typeof invalidIndexSchema>;

const indexesSchema = z.object({ invalid: z.array(invalidIndexSchema) });
export type IndexesReading = z.infer<typeof indexesSchema>;

const tableSizeSchema = z.object({
  table: z.string(),
  totalBytes: bytes,
  indexBytes: bytes,
  /** As counted by the last vacuum or analyze; null before the first. */
  rows: z.number().nullable(),
  /** The table is locked, and so its size is that of the last vacuum. */
  estimated: z.boolean(),
});
export type TableSize = z.infer<typeof tableSizeSchema>;

/** The ten largest tables. */
const tablesSchema = z.object({ count: z.int(), largest: z.array(tableSizeSchema) });
export type TablesReading = z.infer<typeof tablesSchema>;

const migrationSessionSchema = z.object({
  pid,
  application: z.string(),
  /** How long its statement has been running. */
  statementSeconds: seconds.nullable(),
  transactionSeconds: seconds.nullable(),
  statement: z.string().nullable(),
  blockedBy: z.array(pid),
});
export type MigrationSession = z.infer<typeof migrationSessionSchema>;

const indexBuildSchema = z.object({
  pid,
  application: z.string(),
  table: z.string().nullable(),
  index: z.string().nullable(),
  command: z.string().nullable(),
  phase: z.string().nullable(),
  /** Of this phase, not of the whole build; null when the phase has no measure. */
  percent: z.number().nullable(),
  seconds: seconds.nullable(),
  /** Whose transaction it waits for. */
  waitsFor: pid.nullable(),
});
export type IndexBuild = z.infer<typeof indexBuildSchema>;

const dumpSessionSchema = z.object({ application: z.string(), pids: z.array(pid), seconds: seconds.nullable() });
export type DumpSession = z.infer<typeof dumpSessionSchema>;

const workSchema = z.object({
  /** The sessions of a migrator that has this database's lock. */
  migration: z.array(migrationSessionSchema),
  indexBuilds: z.array(indexBuildSchema),
  dumps: z.array(dumpSessionSchema),
});
export type WorkReading = z.infer<typeof workSchema>;

/** Each part of a reading stands or fails by itself. */
function part<T extends z.ZodType>(value: T) {
  return z.object({
    /** As it was read last; null if it never was. */
    value: value.nullable(),
    readAt: instant.nullable(),
    /** Why it could not be read the last time. */
    error: partErrorSchema.nullable(),
    /** What the role may not see of it; null: it sees all. */
    hidden: z.string().nullable(),
  });
}

const databaseSectionsSchema = z.object({
  server: part(serverSchema),
  rights: part(rightsSchema),
  work: part(workSchema),
  locks: part(locksSchema),
  sessions: part(sessionsSchema),
  connections: part(connectionsSchema),
  replication: part(replicationSchema),
  horizon: part(horizonSchema),
  vacuum: part(vacuumSchema),
  wraparound: part(wraparoundSchema),
  indexes: part(indexesSchema),
  size: part(sizeSchema),
  cache: part(cacheSchema),
  tables: part(tablesSchema),
});
export type DatabaseSections = z.infer<typeof databaseSectionsSchema>;
export type DatabaseSectionName = keyof DatabaseSections;

export const databaseSectionNames = Object.keys(databaseSectionsSchema.shape) as readonly DatabaseSectionName[];

const sectionName = z.enum(databaseSectionNames as [DatabaseSectionName, ...DatabaseSectionName[]]);

const breachSchema = z.object({
  /** A row of `thresholds`. */
  code: z.string(),
  severity: z.enum(breachSeverities),
  section: sectionName,
  message: z.string(),
  /** What to do: a command to copy, or a sentence. */
  remedy: z.string(),
});
export type Breach = z.infer<typeof breachSchema>;

export const databaseHealthSchema = z.object({
  name: z.enum(databaseNames),
  status: z.enum(databaseHealths),
  /** The worst of it in one sentence. */
  headline: z.string(),
  /** Worst first. */
  breaches: z.array(breachSchema),
  /** `user@host:port/database`. */
  target: z.string(),
  /** Why the last reading came to nothing; what is below is then what was known before. */
  error: partErrorSchema.nullable(),
  remedy: z.string(),
  /** When it last answered; null if it never has since this manager started. */
  readAt: instant.nullable(),
  /** When it was asked last. */
  askedAt: instant.nullable(),
  sections: databaseSectionsSchema,
});
export type DatabaseHealthReport = z.infer<typeof databaseHealthSchema>;

export const thresholdUnits = ['seconds', 'milliseconds', 'bytes', 'share', 'times', 'count', 'transactions'] as const;
export type ThresholdUnit = (typeof thresholdUnits)[number];

const thresholdSchema = z.object({
  code: z.string(),
  section: sectionName,
  title: z.string(),
  unit: z.enum(thresholdUnits),
  info: z.number().nullable(),
  warn: z.number().nullable(),
  critical: z.number().nullable(),
});
export type ThresholdRow = z.infer<typeof thresholdSchema>;

/** GET /api/admin/databases: the live health of each database, and from where on something counts as out of order. */
export const databaseStatusSchema = z.object({
  generatedAt: instant,
  databases: z.array(databaseHealthSchema),
  thresholds: z.array(thresholdSchema),
});
export type DatabaseStatus = z.infer<typeof databaseStatusSchema>;
