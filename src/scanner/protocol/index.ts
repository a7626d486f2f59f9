import type { Dialect } from './dialect.ts';
import { protocol1 } from './v1.ts';
import { protocol2 } from './v2.ts';

export type { Dialect } from './dialect.ts';

/** How to speak a version. One that is not known is announced as it is and spoken like the newest. */
export function dialectOf(version: number): Dialect {
  return version === 1 ? protocol1 : protocol2;
}
