import { gzipSync } from 'node:zlib';
import { scannerLimits } from '../../contract/index.ts';
import type { Dialect } from './dialect.ts';

/** Below this a compressed body is hardly smaller. */
const worthCompressingBytes = 1024;

/** Version 2: jobs in batches, findings as they come, large bodies compressed. */
export const protocol2: Dialect = {
  jobsPerLease: scannerLimits.jobsPerLease,
  partialResults: true,
  encode: (result) => {
    const body = new TextEncoder().encode(JSON.stringify(result));
    if (body.length < worthCompressingBytes) return { body, headers: {} };
    return { body: new Uint8Array(gzipSync(body)), headers: { 'content-encoding': 'gzip' } };
  },
};
