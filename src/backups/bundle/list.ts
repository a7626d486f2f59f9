import { AppError } from '../../base/index.ts';
import type { BrokenBundle, BundleManifest } from '../../contract/index.ts';
import type { BackupTarget, StoredObject } from '../types.ts';
import { mapConcurrently } from '../concurrently.ts';
import { bundleError } from './errors.ts';
import {
  bundlePrefix,
  bundlesPrefix,
  documentCopyName,
  documentName,
  isBundleId,
  unfinishedMark,
  unfinishedPrefix,
} from '../layout.ts';
import { readBundle } from './read.ts';

/** A bundle on one target, with all that lies in its folder. */
export interface StoredBundle {
  readonly manifest: BundleManifest;
  readonly storedBytes: number;
  /** Why `bundle.json` itself could not be used and its copy was; null when it could. */
  readonly fault: AppError | null;
  /** Which file the target has not, or in another size, by its list alone; null when all fit. */
  readonly misfit: string | null;
}

export interface BundleListing {
  /** Newest first. */
  readonly bundles: readonly StoredBundle[];
  readonly broken: readonly BrokenBundle[];
}

const readsAtOnce = 8;

/** What lies under `bundles/` of a target. What is being written or removed at this moment is left out. */
export async function listBundles(target: BackupTarget, signal?: AbortSignal): Promise<BundleListing> {
  const before = await listMarks(target, signal);
  const folders = groupByFolder(await target.list(bundlesPrefix, signal));
  const unfinished = new Set([...before, ...(await listMarks(target, signal))]);
  const settled = [...folders].filter(([name]) => !unfinished.has(unfinishedMark(name)));
  const outcomes = await mapConcurrently(settled, readsAtOnce, ([name, objects]) => readOne(target, name, objects));
  const bundles = outcomes.filter((outcome) => outcome !== undefined && 'manifest' in outcome).sort(byNewest);
  const broken = outcomes.filter((outcome) => outcome !== undefined && 'error' in outcome);
  return { bundles, broken: [...broken, ...bundles.flatMap((bundle) => describeFault(target, bundle))] };
}

/** A bundle that only its copy of `bundle.json` tells of is listed in both ways. */
function describeFault(target: BackupTarget, { manifest, fault }: StoredBundle): BrokenBundle[] {
  if (fault === null) return [];
  const message = `${fault.message}; what it said is known from ${documentCopyName}`;
  return [{ name: manifest.id, target: target.name, error: { code: fault.code, message } }];
}

async function listMarks(target: BackupTarget, signal: AbortSignal | undefined): Promise<Set<string>> {
  return new Set((await target.list(unfinishedPrefix, signal)).map(({ key }) => key));
}

function byNewest(left: StoredBundle, right: StoredBundle): number {
  return left.manifest.id < right.manifest.id ? 1 : -1;
}

function groupByFolder(objects: readonly StoredObject[]): Map<string, StoredObject[]> {
  return Map.groupBy(objects, (object) => nameIn(object, bundlesPrefix));
}

function nameIn(object: StoredObject, prefix: string): string {
  return object.key.slice(prefix.length).split('/')[0] ?? '';
}

async function readOne(
  target: BackupTarget,
  name: string,
  objects: readonly StoredObject[],
): Promise<StoredBundle | BrokenBundle | undefined> {
  try {
    const isWhole =
      isBundleId(name) && objects.some((object) => object.key === `${bundlesPrefix}${name}/${documentName}`);
    if (!isWhole) throw incomplete(target, name);
    const read = await readBundle(target, name);
    const storedBytes = objects.reduce((sum, object) => sum + object.bytes, 0);
    return { ...read, storedBytes, misfit: findMisfit(read.manifest, objects) };
  } catch (error) {
    if (!(error instanceof AppError) || !/^(bundle|target_object)_/.test(error.code)) throw error;
    // Removed since it was listed.
    if (error.code === 'bundle_missing') return undefined;
    return { name, target: target.name, error: { code: error.code, message: error.message } };
  }
}

/** A dump that is missing or was cut short shows without being read; the small files are read anyway. */
function findMisfit({ id, databases }: BundleManifest, objects: readonly StoredObject[]): string | null {
  const sizes = new Map(objects.map(({ key, bytes }) => [key, bytes]));
  for (const { file } of databases) {
    const bytes = sizes.get(`${bundlePrefix(id)}${file.path}`);
    if (bytes === undefined) return `${file.path} is missing`;
    if (bytes !== file.bytes) return `${file.path} has ${bytes} bytes, expected ${file.bytes}`;
  }
  return null;
}

function incomplete(target: BackupTarget, name: string): AppError {
  const shown = JSON.stringify(name.slice(0, 100));
  return bundleError('bundle_incomplete', {
    message: isBundleId(name)
      ? `${name} on ${target.name} has no ${documentName}: it is not a whole bundle`
      : `${shown} on ${target.name} lies among the bundles and is none`,
    hint: isBundleId(name)
      ? 'If bundle.json was lost and bundle.json.copy is there, copy it to bundle.json; else remove the folder.'
      : `Move ${shown} away from the folder of the bundles.`,
  });
}
