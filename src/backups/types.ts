import type { Duplex, Readable } from 'node:stream';
import type { Secret } from '../base/index.ts';
import type {
  BundleDatabase,
  BundlePin,
  CrossCheck,
  DatabaseName,
  DumpCompression,
  DumpEngineName,
  DumpFormat,
  RetentionPolicy,
  Verification,
} from '../contract/index.ts';

export type DatabaseUrls = Readonly<Record<DatabaseName, Secret>>;

/** One of the programs that can dump a database, found and asked for its version. */
export interface DumpEngine {
  readonly name: DumpEngineName;
  /** As the program says it, such as `17.6`. */
  readonly version: string;
  /** Path of the program, or the package it comes from. */
  readonly program: string;
  readonly format: DumpFormat;
  readonly compression: DumpCompression;
  /** Writes one database's snapshot to a new file, fsynced. Cancelled: rejects, and nothing of it goes on running. */
  dump(request: DumpRequest): Promise<DumpedFile>;
}

export interface DumpRequest {
  readonly database: DatabaseName;
  readonly url: Secret;
  /** From `pg_export_snapshot()`; its transaction stays open until the dump is done. */
  readonly snapshot: string;
  /** Tables (`schema.table`) whose definition is dumped and whose rows are not. */
  readonly withoutRows: readonly string[];
  readonly folder: string;
  /** Seals what is written, after compression; undefined writes it as it is. */
  readonly seal: (() => Duplex) | undefined;
  /** Bytes that have come out of pg_dump, or out of the server when the text stays in memory: a measure of progress alone. */
  readonly onBytes: (bytes: number) => void;
  readonly signal: AbortSignal;
}

/** A dump on the disk. `bytes` and `sha256` are of the file as it lies there. */
export interface DumpedFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** What decides which engine can dump a database. */
export type DumpSource = Pick<SnapshotFacts, 'serverVersion' | 'databaseBytes'> & { readonly name: DatabaseName };

/** The programs of this machine that dump and load, as they were found. */
export interface DumpEngines {
  /** The engine for one database: the machine's own pg_dump if it is new enough. Throws `backup_engine_missing`. */
  choose(source: DumpSource): DumpEngine;
  /** Brings one dump back into an empty database. Throws `dump_load_failed` and its kin. */
  load(request: LoadRequest): Promise<void>;
}

/** The stream is the file as it lies in the bundle, unsealed. */
export interface LoadRequest {
  readonly database: BundleDatabase;
  readonly dump: Readable;
  /** Of the database to load into, with a role that owns it. */
  readonly url: Secret;
  /** `keep` grants what was granted, to roles of the same names, which must exist; `drop` leaves all to the owner. */
  readonly privileges: 'keep' | 'drop';
  /** Bytes of the dump file that have been read. */
  readonly onBytes: (bytes: number) => void;
  readonly signal: AbortSignal;
}

/** What a snapshot of one database holds, read inside it. */
export interface SnapshotFacts {
  /** From `pg_export_snapshot()`. */
  readonly snapshot: string;
  readonly serverVersion: number;
  readonly schemaVersion: number;
  readonly oldestCompatible: number;
  readonly schemaFingerprint: string;
  readonly snapshotAt: string;
  readonly lsn: string;
  readonly databaseBytes: number;
  /** Tables (`schema.table`, each name quoted where SQL needs it) whose rows are not dumped. */
  readonly withoutRows: readonly string[];
}

/** A table in a snapshot. `rows` counts those of the dump: none of a table that is left out. */
export interface TableFacts {
  readonly name: string;
  readonly rows: number;
  readonly dataLeftOut: boolean;
}

/** A snapshot of each database, all open until they are released or the set is disposed. */
export interface Snapshots extends AsyncDisposable {
  readonly facts: Readonly<Record<DatabaseName, SnapshotFacts>>;
  /** Each leads to the server that has the snapshot, and to no other. */
  readonly urls: DatabaseUrls;
  /** Between the first and the last of them, in milliseconds by one clock; an upper bound. */
  readonly skewMs: number;
  /** Aborted with `backup_snapshot_lost` when a session ends: whatever is dumped from its snapshot is worthless then. */
  readonly lost: AbortSignal;
  /** Exact row counts of every table, inside the snapshot; meant to run beside the dump. */
  countTables(name: DatabaseName, signal: AbortSignal): Promise<TableFacts[]>;
  /** References from one database into another; needs all three snapshots. */
  checkReferences(signal: AbortSignal): Promise<CrossCheck[]>;
  /** Lets one snapshot go, so that vacuum can go on in its database. */
  release(name: DatabaseName): Promise<void>;
}

export interface StoredObject {
  /** Path below the target's root, with `/` between its parts. */
  readonly key: string;
  readonly bytes: number;
  readonly modifiedAt: Date;
  /** False for a link, a socket or the like, which is never read. */
  readonly isRegular: boolean;
}

/** A place where bundles are kept. Objects are whole or not there; a bundle is one that has its `bundle.json`. */
export interface BackupTarget {
  readonly name: string;
  readonly kind: 'directory' | 's3';
  /** Where it is, for people; without secrets. */
  readonly location: string;
  readonly retention: RetentionPolicy;
  /** Makes the place where it is new and can be made. */
  create(): Promise<void>;
  /** All objects whose keys begin so, sorted by key. Throws `target_unavailable`, as all of these do. */
  list(prefix: string, signal?: AbortSignal): Promise<StoredObject[]>;
  /** `end` is inclusive, as in HTTP. Throws `target_object_missing`. */
  read(key: string, range?: { readonly start: number; readonly end: number }): Promise<Readable>;
  /** Writes a small object, durably, in one step. */
  put(key: string, content: Buffer): Promise<void>;
  remove(key: string): Promise<void>;
  /** Brings a finished folder in as `bundles/<id>/`: seen whole, with `bundle.json` last, or not at all. */
  publish(folder: string, id: string, terms: TransferTerms): Promise<Receipt>;
  /** Takes a bundle away so that at no instant half of it is listed. */
  removeBundle(id: string): Promise<void>;
  /** Removes what a killed service left unfinished, while none is at work; one sentence on each thing removed. */
  sweep(): Promise<string[]>;
  /** Free bytes, or null when the target cannot tell. */
  freeBytes(): Promise<number | null>;
}

/** What a target says of a bundle that it was given. */
export interface Receipt {
  /** By a size and a checksum of its own of every file; else the bundle has to be read back before anything is known of it. */
  readonly confirmed: boolean;
}

/** What reading a bundle takes of a target. */
export type ReadableTarget = Pick<BackupTarget, 'name' | 'list' | 'read'>;

export interface TransferTerms {
  readonly onBytes: (bytes: number) => void;
  readonly signal: AbortSignal;
}

/** What is kept beside the bundles of one target: the verification ledger and the pins. */
export interface BundleRecords {
  record(verification: Verification): Promise<void>;
  /** Of one bundle, newest first. */
  verifications(id: string): Promise<Verification[]>;
  pin(id: string, pin: BundlePin): Promise<void>;
  unpin(id: string): Promise<void>;
  pins(): Promise<ReadonlyMap<string, BundlePin>>;
}
