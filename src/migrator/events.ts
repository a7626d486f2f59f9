import type { DatabaseName } from '../contract/index.ts';
import type { Blocker } from './blockers.ts';
import type { LockHolder } from './lock.ts';

interface About {
  readonly database: DatabaseName;
  readonly version: number;
  readonly name: string;
}

/** What a run tells while it goes on. */
export type MigratorEvent =
  | { readonly kind: 'waiting'; readonly database: DatabaseName; readonly holder: LockHolder | undefined }
  | ({ readonly kind: 'applying' } & About)
  | ({ readonly kind: 'applied'; readonly durationMs: number } & About)
  | ({ readonly kind: 'retrying'; readonly attempt: number; readonly blockers: readonly Blocker[] } & About);
