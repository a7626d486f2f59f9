import { takeError } from './errors.ts';

/** Left free on top of what the bundle is likely to need: an estimate is only that. */
const marginShare = 0.1;
const marginBytes = 16 * 1024 * 1024;

export interface RoomRequest {
  readonly target: string;
  readonly location: string;
  /** Null when the target cannot tell. */
  readonly freeBytes: number | null;
  readonly estimatedBytes: number;
}

/** Throws `backup_room_short` when a bundle of this size would not fit, before anything is begun. */
export function requireRoom({ target, location, freeBytes, estimatedBytes }: RoomRequest): void {
  const needed = Math.ceil(estimatedBytes * (1 + marginShare)) + marginBytes;
  if (freeBytes === null || freeBytes >= needed) return;
  throw takeError('backup_room_short', {
    message: `${target} (${location}) has ${megabytes(freeBytes)} MB free, and the bundle is going to need about ${megabytes(needed)} MB`,
    hint: 'Free space there, keep fewer bundles (BACKUP_RETENTION), or set BACKUP_DIR to a larger disk.',
    details: { target, freeBytes, neededBytes: needed },
  });
}

function megabytes(bytes: number): number {
  return Math.ceil(bytes / 1e6);
}
