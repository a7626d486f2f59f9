import { z } from 'zod';
import { databaseNames } from './databases.ts';
import { semverSchema } from './manifest.ts';

const instant = z.iso.datetime();
const digest = z.string().regex(/^[0-9a-f]{64}$/);

/** Name of a bundle and of its folder: when its snapshots were taken, in UTC, and eight random hex digits. */
export const bundleIdSchema = z
  .string()
  .regex(/^\d{8}T\d{6}Z-[0-9a-f]{8}$/)
  .describe('YYYYMMDDTHHMMSSZ-xxxxxxxx, in UTC.');

/** Which program wrote a dump: the real pg_dump of the machine, or the same compiled to WebAssembly. */
export const dumpEngines = ['pg_dump', 'pg_dump-wasm'] as const;
export type DumpEngineName = (typeof dumpEngines)[number];

/** `custom` is an archive for pg_restore; `plain` is SQL for psql. */
export const dumpFormats = ['custom', 'plain'] as const;
export type DumpFormat = (typeof dumpFormats)[number];

/** `zstd-inside`: pg_restore itself unpacks it; `zstd`: the whole file is one zstd stream. */
export const dumpCompressions = ['zstd-inside', 'zstd'] as const;
export type DumpCompression = (typeof dumpCompressions)[number];

/** One file of a bundle, as it lies there: compressed, and encrypted if the bundle is. */
export const bundleFileSchema = z.strictObject({
  path: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,99}$/),
  bytes: z.int().nonnegative(),
  sha256: digest,
});
export type BundleFile = z.infer<typeof bundleFileSchema>;

const bundleTableSchema = z.strictObject({
  /** `schema.table`. */
  name: z.string(),
  rows: z.int().nonnegative(),
  /** Left out because what is in it does not outlive a restore, such as the archive of a queue. */
  dataLeftOut: z.boolean(),
});
export type BundleTable = z.infer<typeof bundleTableSchema>;

/** One database in a bundle: what was in its snapshot, and the dump made of it. */
export const bundleDatabaseSchema = z.strictObject({
  name: z.enum(databaseNames),
  engine: z.enum(dumpEngines),
  engineVersion: z.string(),
  format: z.enum(dumpFormats),
  compression: z.enum(dumpCompressions),
  /** `server_version_num`, such as 180004. */
  serverVersion: z.int(),
  /** Newest version its migration ledger says is applied. */
  schemaVersion: z.int().nonnegative(),
  /** Highest `oldest_compatible` in the ledger: the oldest schema version whose software can run on it. */
  oldestCompatible: z.int().nonnegative(),
  /** The catalogue's fingerprint, as the migrator makes it. */
  schemaFingerprint: z.string(),
  /** When the snapshot was taken, by the server's clock. */
  snapshotAt: instant,
  /** `pg_current_wal_lsn()` at the snapshot. */
  lsn: z.string(),
  /** `pg_database_size()` at the snapshot. */
  databaseBytes: z.int().nonnegative(),
  tables: z.array(bundleTableSchema),
  file: bundleFileSchema,
});
export type BundleDatabase = z.infer<typeof bundleDatabaseSchema>;

const crossCheckSchema = z.strictObject({
  /** Such as `result_job`: every result has its job. */
  code: z.string(),
  checked: z.int().nonnegative(),
  missing: z.int().nonnegative(),
});
export type CrossCheck = z.infer<typeof crossCheckSchema>;

/**
 * How much is known of a bundle. `completed`: it was written whole; `verified`: its newest checksum reading passed;
 * `proven`: it was restored and compared; `damaged`: its newest verification failed.
 */
export const bundleStates = ['completed', 'verified', 'proven', 'damaged'] as const;
export type BundleState = (typeof bundleStates)[number];

export const bundleReasons = ['manual', 'schedule', 'deploy', 'restore'] as const;

/** `bundle.json`, the description of a bundle in its folder. */
export const bundleManifestSchema = z.strictObject({
  formatVersion: z.literal(1),
  id: bundleIdSchema,
  /** Setting `deployment.id` of the config database: which deployment it belongs to. */
  deploymentId: z.string().min(1).max(100),
  createdAt: instant,
  completedAt: instant,
  takenBy: z.string().max(200),
  reason: z.enum(bundleReasons),
  appVersion: semverSchema,
  imageSha: z.string(),
  /** age recipients its files are encrypted to; null when they are not. */
  encryption: z.strictObject({ kind: z.literal('age'), recipients: z.array(z.string()).min(1) }).nullable(),
  /** In the manifest's order. */
  databases: z.array(bundleDatabaseSchema).length(databaseNames.length),
  /** Between the first and the last of the snapshots, in milliseconds. */
  skewMs: z.number().nonnegative(),
  /** References from one database into another, counted inside the snapshots. */
  crossChecks: z.array(crossCheckSchema),
});
export type BundleManifest = z.infer<typeof bundleManifestSchema>;

/** `bundle.json` as it lies in a bundle: the manifest and, last, a checksum that finds one changed bit in it. */
export const bundleDocumentSchema = bundleManifestSchema.extend({
  checksum: digest.describe(
    'SHA-256 of this document without this field, as JSON with two spaces of indentation and a line feed at its end.',
  ),
});
