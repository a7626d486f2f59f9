import type { Dialect } from './dialect.ts';

/** Version 1: one job a lease, its whole result at the end. */
export const protocol1: Dialect = {
  jobsPerLease: 1,
  partialResults: false,
  encode: (result) => ({ body: new TextEncoder().encode(JSON.stringify(result)), headers: {} }),
};
