import { z } from 'zod';
import { bundleStates } from './bundle.ts';
import { databaseNames } from './databases.ts';
import { protocolWindowSchema } from './manifest.ts';
import { preflightReadingSchema, preflightRunSchema } from './preflight.ts';
import { partErrorSchema } from './problem.ts';
import { rollbackHorizonSchema, upgradeCandidateSchema } from './upgrade.ts';

const instant = z.iso.datetime();
const databaseName = z.enum(databaseNames);

export const schemaStatuses = ['ok', 'behind', 'ahead', 'unknown'] as const;
export type SchemaStatus = (typeof schemaStatuses)[number];

export const problemCodes = ['dirty', 'changed', 'unrecognised', 'drift'] as const;
export type ProblemCode = (typeof problemCodes)[number];

const schemaProblemSchema = z.object({ code: z.enum(problemCodes), message: z.string(), remedy: z.string() });
export type SchemaProblem = z.infer<typeof schemaProblemSchema>;

const pendingMigrationSchema = z.object({ version: z.int(), name: z.string() });

/** What was last read from a part that cannot be read now. */
const lastKnownSchemaSchema = z.object({ status: z.enum(schemaStatuses), current: z.int(), readAt: instant });

export const databasePostureSchema = z.object({
  name: databaseName,
  status: z.enum(schemaStatuses),
  current: z.int().nullable(),
  required: z.int(),
  pending: z.array(pendingMigrationSchema),
  problems: z.array(schemaProblemSchema),
  /** True while a migrator holds this database's lock. */
  migrating: z.boolean(),
  /** With `ahead`: whether everything applied declares itself safe for this image. Null otherwise. */
  aheadAllowed: z.boolean().nullable(),
  error: partErrorSchema.nullable(),
  /** When the values above were read; null if never. */
  readAt: instant.nullable(),
  lastKnown: lastKnownSchemaSchema.nullable(),
});
export type DatabasePosture = z.infer<typeof databasePostureSchema>;

export const migrationRecordSchema = z.object({
  database: databaseName,
  version: z.int(),
  name: z.string(),
  appliedAt: instant,
  appliedBy: z.string(),
  /** Where `appliedBy` comes from: the OPERATOR setting, or the database role when it was empty. */
  appliedBySource: z.enum(['operator', 'role']),
  durationMs: z.int(),
  appVersion: z.string(),
  imageSha: z.string(),
  runId: z.string(),
});
export type MigrationRecord = z.infer<typeof migrationRecordSchema>;

export const verdictStatuses = ['ok', 'ready', 'attention', 'stopped', 'unknown'] as const;
export type VerdictStatus = (typeof verdictStatuses)[number];

export const severities = ['block', 'warn', 'info'] as const;
export type Severity = (typeof severities)[number];

const reasonSchema = z.object({
  code: z.string(),
  severity: z.enum(severities),
  part: z.string(),
  message: z.string(),
  /** The command that mends it, to copy; empty when there is nothing to type. */
  remedy: z.string(),
});
export type Reason = z.infer<typeof reasonSchema>;

export const verdictSchema = z.object({
  status: z.enum(verdictStatuses),
  headline: z.string(),
  reasons: z.array(reasonSchema),
});
export type Verdict = z.infer<typeof verdictSchema>;

/** A bundle in brief: what the Release page and every list need of it. The fields that have a default came later than the others. */
export const bundleSummarySchema = z.object({
  id: z.string(),
  createdAt: instant,
  bytes: z.number(),
  /** Its newest passed verification, by either method. */
  verifiedAt: instant.nullable(),
  schemaVersions: z.record(z.string(), z.int()),
  state: z.enum(bundleStates).default('completed'),
  /** Its newest passed restore into scratch databases. */
  provenAt: instant.nullable().default(null),
  /** What its newest verification found wrong; null unless it is damaged. */
  damage: z.string().nullable().default(null),
  appVersion: z.string().default('unknown'),
  imageSha: z.string().default('unknown'),
  encrypted: z.boolean().default(false),
  pinned: z.boolean().default(false),
});
export type BundleSummary = z.infer<typeof bundleSummarySchema>;

/** When somebody last proved to hold the private key of a recipient. */
export const keyProofSchema = z.object({
  recipient: z.string(),
  provenAt: instant.nullable(),
  /** Empty while nobody has. */
  provenBy: z.string(),
});
export type KeyProof = z.infer<typeof keyProofSchema>;

/** How the newest attempt to take a bundle ended. */
const lastTakeSchema = z.object({
  state: z.enum(['succeeded', 'failed', 'cancelled', 'interrupted']),
  startedAt: instant,
  finishedAt: instant.nullable(),
  error: partErrorSchema.nullable(),
});

/** What the backup service says beside its newest bundle. */
export const backupFactsSchema = z.object({
  /** The newest bundle whose state is `proven`. */
  lastProven: bundleSummarySchema.nullable().default(null),
  /** Newest passed restore of any bundle; while there is none, when the oldest bundle was taken; null without bundles. */
  unprovenSince: instant.nullable().default(null),
  /** A newest bundle older than this is too old. */
  maxAgeSeconds: z.int().default(26 * 3600),
  /** Null while none has ended yet. */
  lastTake: lastTakeSchema.nullable().default(null),
  /** What stands in the way of proving bundles here; null when nothing does. */
  proveError: partErrorSchema.nullable().default(null),
  /** Empty when bundles are not encrypted. */
  keys: z.array(keyProofSchema).default([]),
});
export type BackupFacts = z.infer<typeof backupFactsSchema>;

/** One bundle that could be restored, and where that would leave the deployment. */
const wayBackSchema = z.object({
  bundleId: z.string(),
  /** Everything written since is lost. */
  createdAt: instant,
  state: z.enum(bundleStates),
  /** The release that took it, which runs on what it holds. */
  appVersion: z.string(),
  imageSha: z.string(),
  /** `this_release` runs on it as it is; `migrate`: after its migrator; `newer_release`: only a newer one can restore it. */
  fits: z.enum(['this_release', 'migrate', 'newer_release']),
});
export type WayBack = z.infer<typeof wayBackSchema>;

export const lastBackupSchema = z.object({
  status: z.enum(['ok', 'none', 'unavailable']),
  bundle: bundleSummarySchema.nullable(),
  ageSeconds: z.int().nullable(),
  error: partErrorSchema.nullable(),
  readAt: instant.nullable(),
  /** The newest bundle known from before the service became unavailable. */
  lastKnown: z.object({ bundle: bundleSummarySchema.nullable(), readAt: instant }).nullable(),
  /** Null while the service cannot be asked. */
  service: backupFactsSchema.nullable(),
  /** Databases migrated since the bundle was taken: it holds the schema from before. */
  migratedSince: z.array(z.object({ database: databaseName, bundleVersion: z.int(), current: z.int() })),
  /** The newest bundle not known to be damaged, and unless that is proven the newest proven one; empty: no way back. */
  waysBack: z.array(wayBackSchema),
});
export type LastBackup = z.infer<typeof lastBackupSchema>;

const scannerGroupSchema = z.object({
  binaryVersion: z.string(),
  protocolVersion: z.int(),
  count: z.int(),
  online: z.int(),
  inWindow: z.boolean(),
});
export type ScannerGroup = z.infer<typeof scannerGroupSchema>;

const scannerCountsSchema = z.object({
  total: z.int(),
  inWindow: z.int(),
  outsideWindow: z.int(),
  outsideAsleep: z.int().describe('Of those outside: not online now, and so coming back outside.'),
  groups: z.array(scannerGroupSchema),
});

/** What waits in the queue, held against the scanners there are; docs/verdict.md says who is eligible. */
const queuedJobsSchema = z.object({
  status: z.enum(['ok', 'unknown']),
  total: z
    .int()
    .nullable()
    .describe('Jobs that wait for a scanner, those that wait for another attempt included; told up to 10000.'),
  more: z.boolean().describe('True: there are more jobs than `total` and `withoutScanner` tell.'),
  withoutScanner: z.int().nullable().describe('Of those: jobs that no scanner is eligible for. Null when unknown.'),
  error: partErrorSchema.nullable(),
  readAt: instant.nullable(),
});
export type QueuedJobs = z.infer<typeof queuedJobsSchema>;

export const scannersSchema = scannerCountsSchema.extend({
  status: z.enum(['ok', 'unknown']),
  window: protocolWindowSchema,
  error: partErrorSchema.nullable(),
  readAt: instant.nullable(),
  queuedJobs: queuedJobsSchema,
  lastKnown: z.object({ counts: scannerCountsSchema, readAt: instant }).nullable(),
});
export type Scanners = z.infer<typeof scannersSchema>;

export const closedPartSchema = z.object({
  /** What is switched off: `product` (scans and other product routes) or `leases`. */
  part: z.string(),
  /** `maintenance`: an operator's command has closed it, by a record in the config database. */
  code: z.enum(['schema_behind', 'schema_ahead', 'schema_unknown', 'schema_dirty', 'maintenance']),
  database: databaseName,
  current: z.int().nullable(),
  required: z.int(),
  message: z.string(),
  remedy: z.string(),
  since: instant,
});
export type ClosedPart = z.infer<typeof closedPartSchema>;

export const gateSchema = z.object({ open: z.boolean(), closedParts: z.array(closedPartSchema) });
export type GateState = z.infer<typeof gateSchema>;

/** GET /api/admin/release: the release posture of the deployment at one moment. */
export const releasePostureSchema = z.object({
  generatedAt: instant,
  verdict: verdictSchema,
  app: z.object({
    version: z.string(),
    imageSha: z.string(),
    startedAt: instant,
    /** How the migrator is started in this deployment. */
    migratorCommand: z.string(),
  }),
  gate: gateSchema,
  databases: z.array(databasePostureSchema),
  migrations: z.array(migrationRecordSchema),
  lastBackup: lastBackupSchema,
  scanners: scannersSchema,
  preflight: preflightRunSchema.nullable(),
  preflightReading: preflightReadingSchema,
  horizon: rollbackHorizonSchema,
  /** Null: no preflight judged a release newer than the running one, or `preflightReading` says that nobody knows. */
  candidate: upgradeCandidateSchema.nullable(),
});
export type ReleasePosture = z.infer<typeof releasePostureSchema>;
