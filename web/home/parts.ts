import type { Found, ReleasePosture, Scan } from '../../src/contract/index.ts';

/** What the home page is made from. */
export interface HomeViewProps {
  /** Undefined until it has been read; null for those who may not read it. */
  readonly posture: ReleasePosture | undefined | null;
  /** Undefined until they have been read, and while they cannot be. */
  readonly scans: readonly Scan[] | undefined;
  readonly scansError: Error | null;
  /** The newest scan that has found something. */
  readonly newest: Scan | undefined;
  /** What it found; undefined until that has been read. */
  readonly findings: readonly Found[] | undefined;
  /** What whoever looks may do. */
  readonly may: { readonly scan: boolean; readonly administer: boolean };
}
