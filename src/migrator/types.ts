import type { DatabaseName, SchemaProblem } from '../contract/index.ts';

/** What a migration is known by, in its file and in the ledger. */
export interface MigrationIdentity {
  readonly database: DatabaseName;
  readonly version: number;
  /** The name part of the file, as in `create_users`. */
  readonly name: string;
  /** Lower-case hex SHA-256 of the file's bytes. */
  readonly checksum: string;
}

/** One migration file as it was found: its place in the order is checked, what it says is not. */
export interface MigrationFile extends MigrationIdentity {
  readonly path: string;
  /** Bytes that are not UTF-8 stand here as U+FFFD. */
  readonly text: string;
}

/** All migration files of this release: per database, ascending from version 1 without gaps. */
export type MigrationFiles = Readonly<Record<DatabaseName, readonly MigrationFile[]>>;

/** One migration file, read and checked. */
export interface MigrationDefinition extends MigrationIdentity {
  /** False for `-- plimsoll: transaction=none`. */
  readonly transactional: boolean;
  /** The oldest schema version whose software still runs on this one; default: the previous. */
  readonly oldestCompatible: number;
  readonly sql: string;
  readonly path: string;
}

/** All migrations of this release, each checked; otherwise as `MigrationFiles`. */
export type Definitions = Readonly<Record<DatabaseName, readonly MigrationDefinition[]>>;

/** One row of `plimsoll.schema_migration`. */
export interface LedgerRow {
  readonly version: number;
  readonly name: string;
  readonly checksum: string;
  readonly startedAt: Date;
  /** Null: interrupted, or still running if the lock is held. */
  readonly finishedAt: Date | null;
  readonly appliedBy: string;
  readonly appliedBySource: 'operator' | 'role';
  readonly appVersion: string;
  readonly imageSha: string;
  readonly runId: string;
  readonly oldestCompatible: number;
}

/** What one database says of itself, read in one statement. */
export interface LedgerReading {
  /** False: the database answers but has no ledger, so it is at version 0. */
  readonly exists: boolean;
  /** Ascending by version. */
  readonly rows: readonly LedgerRow[];
  /** Whether some session holds the migrator's lock on this database now. */
  readonly lockHeld: boolean;
  /** False: somebody has taken away the right to read it that every role has. */
  readonly readableByAll: boolean;
  /** As in `show server_version_num`, for example 180004. */
  readonly serverVersionNum: number;
}

/** Applied against required, by the rules that migrator, gate and page share. */
export interface SchemaAssessment {
  readonly status: 'ok' | 'behind' | 'ahead';
  readonly current: number;
  readonly required: number;
  readonly pending: readonly { readonly version: number; readonly name: string }[];
  /** dirty, changed, unrecognised; drift is found apart because it costs more to look for. */
  readonly problems: readonly SchemaProblem[];
  readonly migrating: boolean;
  /** With `ahead`: whether all that was applied declares itself safe for this image; null otherwise. */
  readonly aheadAllowed: boolean | null;
}
