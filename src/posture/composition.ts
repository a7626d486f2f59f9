import type { Manifest } from '../contract/index.ts';
import type { LastKnown } from './last-known.ts';
import type { Readings } from './readings.ts';

/** The readings of one moment and what else the page shows of each part. */
export interface Composition {
  readonly manifest: Manifest;
  readonly readings: Readings;
  readonly lastKnown: LastKnown;
  readonly now: Date;
}
