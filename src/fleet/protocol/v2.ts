import { scannerLimits } from '../../contract/index.ts';
import type { ProtocolVersion } from './types.ts';

/** Version 2: batches, partial results, cancel. (Compressed bodies are the transport's matter.) */
export const protocolV2: ProtocolVersion = {
  version: 2,
  jobsFor: (max) => Math.min(max, scannerLimits.jobsPerLease),
  outcomes: new Set(['done', 'partial', 'failed', 'refused', 'cancelled']),
  tellsCancel: true,
};
