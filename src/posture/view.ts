import { createHash } from 'node:crypto';
import type { ReleasePosture } from '../contract/index.ts';
import type { PostureView } from './types.ts';

/** Fields that move with the clock although nothing has changed. */
const clockFields: ReadonlySet<string> = new Set(['generatedAt', 'readAt', 'ageSeconds']);

/** Makes what is sent: the text once, and an ETag that stays while nothing but the time has changed. */
export function viewOf(posture: ReleasePosture): PostureView {
  const content = JSON.stringify(posture, (key, value: unknown) => (clockFields.has(key) ? undefined : value));
  const digest = createHash('sha256').update(content).digest('base64url').slice(0, 27);
  // Weak, as RFC 9110 asks: two texts with one tag mean the same but differ in their times.
  return { posture, json: JSON.stringify(posture), etag: `W/"${digest}"` };
}
