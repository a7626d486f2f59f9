import type { DirectoryTarget } from '../../src/backups/index.ts';
import type { BundleManifest } from '../../src/contract/index.ts';
import type { TestDatabases } from './databases.ts';
import { keepBundle, putBundle, takeBundle, type KeptBundle } from './take-bundle.ts';

/** Dumping is by far what takes longest, and what is dumped is the same in every test of a file. */
let kept: KeptBundle | undefined;

/** Puts a bundle of databases that were made from the template `populated`, and that nobody has changed since, on a target. */
export async function bundlePopulated(
  databases: TestDatabases,
  target: DirectoryTarget,
  change: Partial<BundleManifest> = {},
): Promise<BundleManifest> {
  if (kept !== undefined) return await putBundle(kept, target, change);
  const bundle = await takeBundle({ urls: databases.urls('readonly'), target });
  kept = await keepBundle(target, bundle);
  if (Object.keys(change).length === 0) return bundle;
  await target.removeBundle(bundle.id);
  return await putBundle(kept, target, change);
}
