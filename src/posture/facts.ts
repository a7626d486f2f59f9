import type { DatabaseName, Manifest, ReleasePosture } from '../contract/index.ts';

/** Why the live schema of a database could not be held against the recorded one. */
export interface UncheckedDrift {
  readonly database: DatabaseName;
  /** The code with which the comparison failed; null while there is nothing to compare yet. */
  readonly failure: string | null;
  readonly message: string;
}

/** A database on a server that the manifest's `postgres` does not accept. */
export interface UnsupportedPostgres {
  readonly database: DatabaseName;
  readonly major: number;
  readonly accepted: Manifest['postgres'];
}

/** All that the verdict may look at: the parts as they were read, and what the page has no field for. */
export interface PostureFacts {
  readonly parts: Omit<ReleasePosture, 'verdict'>;
  /** Databases whose ledger was read but whose drift was not; neither 'drift' nor 'no drift'. */
  readonly uncheckedDrift: readonly UncheckedDrift[];
  readonly unsupportedPostgres: readonly UnsupportedPostgres[];
  readonly now: Date;
  /** How the migrator is started in this deployment, for the remedies. */
  readonly migratorCommand: string;
}
