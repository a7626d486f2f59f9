import { z } from 'zod';
import { databaseNames } from './databases.ts';

const instant = z.iso.datetime();
const databaseName = z.enum(databaseNames);

/** Why a part could not be read: a stable code and a sentence without secrets. */
export const partErrorSchema = z.object({ code: z.string(), message: z.string() });
export type PartError = z.infer<typeof partErrorSchema>;

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

export const bundleSummarySchema = z.object({
  id: z.string(),
  createdAt: instant,
  bytes: z.number(),
  verifiedAt: instant.nullable(),
  schemaVersions: z.record(z.string(), z.int()),
});
export type BundleSummary = z.infer<typeof bundleSummarySchema>;

export const lastBackupSchema = z.object({
  status: z.enum(['ok', 'none', 'unavailable']),
  bundle: bundleSummarySchema.nullable(),
  ageSeconds: z.int().nullable(),
  error: partErrorSchema.nullable(),
  readAt: instant.nullable(),
  /** The newest bundle known from before the service became unavailable. */
  lastKnown: z.object({ bundle: bundleSummarySchema.nullable(), readAt: instant }).nullable(),
});
export type LastBackup = z.infer<typeof lastBackupSchema>;

export const protocolWindowSchema = z.object({ min: z.int(), max: z.int() });
export type ProtocolWindow = z.infer<typeof protocolWindowSchema>;

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
  groups: z.array(scannerGroupSchema),
});

export const scannersSchema = scannerCountsSchema.extend({
  status: z.enum(['ok', 'unknown']),
  window: protocolWindowSchema,
  error: partErrorSchema.nullable(),
  readAt: instant.nullable(),
  lastKnown: z.object({ counts: scannerCountsSchema, readAt: instant }).nullable(),
});
export type Scanners = z.infer<typeof scannersSchema>;

export const checkStatuses = ['pass', 'warn', 'fail', 'skip'] as const;
export type CheckStatus = (typeof checkStatuses)[number];

const preflightCheckSchema = z.object({
  code: z.string(),
  title: z.string(),
  status: z.enum(checkStatuses),
  message: z.string(),
  remedy: z.string(),
});
export type PreflightCheck = z.infer<typeof preflightCheckSchema>;

export const preflightRunSchema = z.object({
  id: z.string(),
  ranAt: instant,
  ranBy: z.string(),
  targetVersion: z.string(),
  targetImageSha: z.string(),
  status: z.enum(['pass', 'warn', 'fail']),
  stale: z.boolean(),
  staleReasons: z.array(z.string()),
  counts: z.object({ pass: z.int(), warn: z.int(), fail: z.int(), skip: z.int() }),
  checks: z.array(preflightCheckSchema),
});
export type PreflightRun = z.infer<typeof preflightRunSchema>;

/** Whether the preflight record could be read at all: `preflight: null` alone cannot tell 'none' from 'unreadable'. */
const preflightReadingSchema = z.object({
  status: z.enum(['ok', 'none', 'unknown']),
  error: partErrorSchema.nullable(),
  readAt: instant.nullable(),
});
export type PreflightReading = z.infer<typeof preflightReadingSchema>;

export const closedPartSchema = z.object({
  /** What is switched off: `product` (scans and other product routes) or `leases`. */
  part: z.string(),
  code: z.enum(['schema_behind', 'schema_ahead', 'schema_unknown', 'schema_dirty']),
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
});
export type ReleasePosture = z.infer<typeof releasePostureSchema>;
