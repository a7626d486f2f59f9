import { bundlesPrefix, isBundleId, ledgerPrefix, pinsPrefix } from './layout.ts';
import type { BackupTarget } from './types.ts';

/**
 * Removes from one target what a killed service left: what was being written or removed, and the ledgers and pins of
 * bundles that are gone. Gives one sentence on each. Nothing else may be at work on the target.
 */
export async function sweepTarget(target: BackupTarget): Promise<string[]> {
  const told = await target.sweep();
  const there = new Set(await idsBelow(target, bundlesPrefix));
  const leftOver = [...(await idsBelow(target, ledgerPrefix)), ...(await idsBelow(target, pinsPrefix))];
  for (const id of new Set(leftOver.filter((found) => !there.has(found)))) {
    const objects = [
      ...(await target.list(`${ledgerPrefix}${id}/`)),
      ...(await target.list(`${pinsPrefix}${id}.json`)),
    ];
    for (const { key } of objects) await target.remove(key);
    told.push(`Removed ${objects.length} records of ${id} from ${target.name}: the bundle is gone.`);
  }
  return told;
}

async function idsBelow(target: BackupTarget, prefix: string): Promise<string[]> {
  const names = (await target.list(prefix)).map(({ key }) => key.slice(prefix.length).split(/[/.]/)[0] ?? '');
  return [...new Set(names.filter(isBundleId))];
}
