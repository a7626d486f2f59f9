import { lstat, open, readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { AppError, silentLog } from '../../base/index.ts';
import type { BundleManifest, BundleState } from '../../contract/index.ts';
import { listBundles, readBundle } from '../bundle/index.ts';
import { bundlePrefix, isBundleId } from '../layout.ts';
import { openRecords } from '../records.ts';
import { sourceOn, type BundleSource } from '../reload/source.ts';
import type { BackupTarget, ReadableTarget, StoredObject } from '../types.ts';
import { readChecksums, standingOf as standingOfLedger } from '../verify/index.ts';
import { restoreError } from './errors.ts';
import { openTar } from './tar.ts';

/** A bundle that was found, and what is known of it. */
export interface FoundBundle {
  readonly source: BundleSource;
  readonly manifest: BundleManifest;
  /** Name of its target, or the path. */
  readonly from: string;
  readonly state: BundleState;
  /** Reads all of it. Throws `restore_bundle_damaged` unless every file is as it was written. */
  requireWhole(signal: AbortSignal): Promise<void>;
}

/**
 * Finds a bundle: by its id on one of the targets, `latest` for the newest there is, or by the path of a downloaded one, a folder
 * or a `.tar`. Throws the `bundle_*` error of what is wrong with it.
 */
export async function findBundle(
  spec: string,
  { targets, cwd }: { readonly targets: readonly BackupTarget[]; readonly cwd: string },
): Promise<FoundBundle> {
  if (isBundleId(spec)) return await findById(spec, targets);
  if (spec === 'latest') return await findLatest(targets);
  const path = resolve(cwd, spec);
  const target = (await isFolder(path)) ? folderAt(path) : await openTar(path);
  const id = basename(path).replace(/\.tar$/, '');
  const { manifest } = await readBundle(target, (await idInside(target)) ?? id);
  return foundOn(target, manifest, await stateOn(targets, manifest.id));
}

async function findById(id: string, targets: readonly BackupTarget[]): Promise<FoundBundle> {
  let refused: AppError | undefined;
  for (const target of targets) {
    try {
      const { manifest } = await readBundle(target, id);
      return foundOn(target, manifest, await stateOn([target, ...targets], id));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      // What is wrong with a copy says more than that another target has none.
      if (refused === undefined || refused.code === 'bundle_missing') refused = error;
    }
  }
  throw refused ?? noTargets();
}

async function findLatest(targets: readonly BackupTarget[]): Promise<FoundBundle> {
  let refused: AppError | undefined;
  const found: { target: BackupTarget; manifest: BundleManifest }[] = [];
  for (const target of targets) {
    try {
      const [newest] = (await listBundles(target)).bundles;
      if (newest !== undefined) found.push({ target, manifest: newest.manifest });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      refused ??= error;
    }
  }
  const [newest] = found.sort((left, right) => (left.manifest.id < right.manifest.id ? 1 : -1));
  if (newest === undefined) throw refused ?? noBundles();
  return foundOn(newest.target, newest.manifest, await stateOn([newest.target, ...targets], newest.manifest.id));
}

function foundOn(target: ReadableTarget, manifest: BundleManifest, state: BundleState): FoundBundle {
  return {
    source: sourceOn(target, manifest),
    manifest,
    from: target.name,
    state,
    requireWhole: async (signal) => {
      const { faults } = await readChecksums(target, manifest.id, { onBytes: () => undefined, signal });
      if (faults.length === 0) return;
      throw restoreError('restore_bundle_damaged', {
        message: `bundle ${manifest.id} from ${target.name}: ${faults.slice(0, 5).join('; ')}`,
        hint: 'Use another copy of the bundle, or another bundle: `plimsoll backup list`.',
        details: { faults: faults.slice(0, 20) },
      });
    },
  };
}

/** By the first ledger that says anything of it. A target that is away says nothing. */
async function stateOn(targets: readonly BackupTarget[], id: string): Promise<BundleState> {
  for (const target of targets) {
    const ledger = await openRecords(target, silentLog)
      .verifications(id)
      .catch(() => []);
    const { state } = standingOfLedger(ledger);
    if (state !== 'completed') return state;
  }
  return 'completed';
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isDirectory();
  } catch (error) {
    throw restoreError('restore_bundle_damaged', {
      message: `there is no bundle at ${path}: ${error instanceof Error ? error.message : String(error)}`,
      hint: 'Give the id of a bundle (`plimsoll backup list`), `latest`, or the path of a downloaded one.',
      cause: error,
    });
  }
}

/** The folder that a tar holds is the bundle, whatever the file is called. */
async function idInside(target: ReadableTarget): Promise<string | undefined> {
  const [first] = await target.list('bundles/');
  const id = first?.key.split('/')[1];
  return id !== undefined && isBundleId(id) ? id : undefined;
}

/** A downloaded bundle in the form of a target that has it alone. */
function folderAt(path: string): ReadableTarget {
  const id = basename(path);
  return {
    name: path,
    list: async (prefix) => {
      const entries = await readdir(path, { withFileTypes: true });
      const objects = await Promise.all(
        entries.map(async (entry): Promise<StoredObject> => {
          const { size, mtime } = await lstat(join(path, entry.name));
          return { key: `${bundlePrefix(id)}${entry.name}`, bytes: size, modifiedAt: mtime, isRegular: entry.isFile() };
        }),
      );
      return objects.filter(({ key }) => key.startsWith(prefix));
    },
    read: async (key) => {
      const name = key.slice(key.lastIndexOf('/') + 1);
      const file = await open(join(path, name)).catch((error: unknown) => {
        throw missing(path, name, error);
      });
      return Readable.from(file.createReadStream());
    },
  };
}

function missing(path: string, name: string, cause: unknown): Error {
  return restoreError('restore_bundle_damaged', {
    message: `${path} has no readable ${name}`,
    hint: 'Download the bundle again, or use another one.',
    cause,
  });
}

function noTargets(): Error {
  return restoreError('restore_nothing_to_do', {
    message: 'no target of backups is set up, so there is no bundle to find',
    hint: 'Set BACKUP_DIR or BACKUP_S3_URL, or give the path of a downloaded bundle.',
  });
}

function noBundles(): Error {
  return restoreError('restore_nothing_to_do', {
    message: 'there is no bundle on any target',
    hint: 'Give the path of a downloaded bundle; `plimsoll backup list` shows what the targets have.',
  });
}
