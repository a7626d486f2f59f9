import type { Readable } from 'node:stream';
import type { BundleManifest } from '../../contract/index.ts';

/** One bundle that can be read, wherever it lies. */
export interface BundleSource {
  readonly manifest: BundleManifest;
  /** Name of its target, or where the folder or file is; for people. */
  readonly target: string;
  /** A file of the bundle as it lies there. */
  read(path: string): Promise<Readable>;
}

/** Takes the seal off a file of an encrypted bundle. Throws when the identity is of nobody it was sealed for. */
export type Unseal = (sealed: Readable) => Promise<Readable>;
