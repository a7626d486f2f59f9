import { randomBytes } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import {
  DirectoryTarget,
  findEngines,
  makeBundleId,
  openSnapshots,
  readBundle,
  writeBundleDocuments,
  type DatabaseUrls,
  type DumpEngine,
  type DumpEngines,
  type Snapshots,
} from '../../src/backups/index.ts';
import {
  databaseNames,
  type BundleDatabase,
  type BundleManifest,
  type DatabaseName,
} from '../../src/contract/index.ts';

/** Where a test keeps its bundles. */
export function testTarget(root: string): DirectoryTarget {
  return new DirectoryTarget({ name: 'local', root, retention: { last: 3, daily: 0, weekly: 0, monthly: 0 } });
}

/** The programs of this machine. */
export async function testEngines(): Promise<DumpEngines> {
  return await findEngines({ pgBin: process.env['PG_BIN'], path: process.env['PATH'], wasmLimitMb: 200 });
}

export interface TakeOptions {
  readonly urls: DatabaseUrls;
  readonly target: DirectoryTarget;
  readonly change?: Partial<BundleManifest>;
  /** Default the one that is chosen for each database. */
  readonly engine?: DumpEngine;
  /** Called while the snapshots are open, before anything is dumped from them. */
  readonly onSnapshots?: (snapshots: Snapshots) => Promise<void>;
  readonly seal?: { readonly make: () => Duplex; readonly recipients: string[] };
}

/** Takes a real bundle of three databases onto a target. */
export async function takeBundle({ urls, target, change = {}, ...options }: TakeOptions): Promise<BundleManifest> {
  const signal = new AbortController().signal;
  await using snapshots = await openSnapshots(urls, signal);
  await options.onSnapshots?.(snapshots);
  const at = new Date(snapshots.facts.config.snapshotAt);
  const id = makeBundleId(at, randomBytes(4).toString('hex'));
  const folder = await target.makeWorkFolder(`take-${id}`);
  const engines = await testEngines();
  const databases: BundleDatabase[] = [];
  for (const name of databaseNames) databases.push(await dumpOne({ name, snapshots, engines, urls, folder, options }));
  const manifest: BundleManifest = {
    formatVersion: 1,
    id,
    deploymentId: change.deploymentId ?? 'of-a-test',
    createdAt: at.toISOString(),
    completedAt: new Date().toISOString(),
    takenBy: 'test',
    reason: 'manual',
    appVersion: '1.0.0',
    imageSha: 'unknown',
    encryption: options.seal === undefined ? null : { kind: 'age', recipients: options.seal.recipients },
    databases,
    skewMs: snapshots.skewMs,
    crossChecks: await snapshots.checkReferences(signal),
    ...change,
  };
  return await publish({ target, folder, manifest });
}

/** The dumps of a bundle, to be had again without dumping again: that is by far what takes longest. */
export interface KeptBundle {
  readonly manifest: BundleManifest;
  readonly files: readonly { readonly path: string; readonly content: Buffer }[];
}

/** Reads a small bundle into memory. */
export async function keepBundle(target: DirectoryTarget, manifest: BundleManifest): Promise<KeptBundle> {
  const folder = target.bundleFolder(manifest.id);
  const paths = manifest.databases.map(({ file }) => file.path);
  const files = paths.map(async (path) => ({ path, content: await readFile(join(folder, path)) }));
  return { manifest, files: await Promise.all(files) };
}

/** The same dumps as a bundle that was taken this moment. */
export async function putBundle(
  { manifest, files }: KeptBundle,
  target: DirectoryTarget,
  change: Partial<BundleManifest> = {},
): Promise<BundleManifest> {
  const at = new Date();
  const id = makeBundleId(at, randomBytes(4).toString('hex'));
  const folder = await target.makeWorkFolder(`take-${id}`);
  for (const { path, content } of files) await writeFile(join(folder, path), content, { mode: 0o600 });
  const times = { createdAt: at.toISOString(), completedAt: at.toISOString() };
  return await publish({ target, folder, manifest: { ...manifest, id, ...times, ...change } });
}

interface Unpublished {
  readonly target: DirectoryTarget;
  readonly folder: string;
  readonly manifest: BundleManifest;
}

async function publish({ target, folder, manifest }: Unpublished): Promise<BundleManifest> {
  await writeBundleDocuments(folder, manifest);
  await target.publish(folder, manifest.id, { onBytes: () => undefined, signal: new AbortController().signal });
  await rm(folder, { recursive: true });
  return (await readBundle(target, manifest.id)).manifest;
}

interface One {
  readonly name: DatabaseName;
  readonly snapshots: Snapshots;
  readonly engines: DumpEngines;
  readonly urls: DatabaseUrls;
  readonly folder: string;
  readonly options: Pick<TakeOptions, 'engine' | 'seal'>;
}

async function dumpOne({ name, snapshots, engines, urls, folder, options }: One): Promise<BundleDatabase> {
  const { snapshot, withoutRows, ...facts } = snapshots.facts[name];
  const signal = new AbortController().signal;
  const engine = options.engine ?? engines.choose({ name, ...facts });
  const request = { database: name, url: urls[name], snapshot, withoutRows, folder, onBytes: () => undefined, signal };
  const { path, bytes, sha256 } = await engine.dump({ ...request, seal: options.seal?.make });
  const tables = await snapshots.countTables(name, signal);
  const { format, compression, name: by, version } = engine;
  const file = { path: path.slice(path.lastIndexOf('/') + 1), bytes, sha256 };
  return { name, engine: by, engineVersion: version, format, compression, ...facts, tables, file };
}
