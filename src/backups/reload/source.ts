import type { Duplex, Readable } from 'node:stream';
import type { BundleManifest } from '../../contract/index.ts';
import { bundlePrefix } from '../layout.ts';
import type { BackupTarget } from '../types.ts';

/** One bundle that can be read, wherever it lies. */
export interface BundleSource {
  readonly manifest: BundleManifest;
  /** Name of its target, or where the folder or file is; for people. */
  readonly target: string;
  /** A file of the bundle as it lies there. */
  read(path: string): Promise<Readable>;
}

/** Makes what takes the seal off one file of an encrypted bundle. */
export type Unseal = () => Duplex;

/** A bundle on a target, whose manifest was read. */
export function sourceOn(target: Pick<BackupTarget, 'name' | 'read'>, manifest: BundleManifest): BundleSource {
  return {
    manifest,
    target: target.name,
    read: async (path) => await target.read(`${bundlePrefix(manifest.id)}${path}`),
  };
}
