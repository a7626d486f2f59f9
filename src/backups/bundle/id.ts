import { bundleIdSchema } from '../../contract/index.ts';

/** Names a bundle by when its snapshots were taken; `random` is eight hex digits. */
export function makeBundleId(snapshotsAt: Date, random: string): string {
  const stamp = snapshotsAt
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(/[-:]/g, '');
  return bundleIdSchema.parse(`${stamp}-${random}`);
}
