import type { ProtocolWindow } from '../../src/contract/index.ts';
import type { Look } from './Status.tsx';

/** How being inside and outside the protocol window look. */
export const insideLook: Look = { tone: 'good', icon: 'check', word: 'inside' };
export const outsideLook: Look = { tone: 'bad', icon: 'warning', word: 'outside' };

/** `protocols 1 to 2`. */
export function windowWords({ min, max }: ProtocolWindow): string {
  return min === max ? `protocol ${min}` : `protocols ${min} to ${max}`;
}
