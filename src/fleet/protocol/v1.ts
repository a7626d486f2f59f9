import type { ProtocolVersion } from './types.ts';

/** Version 1: one job a lease, its whole result at the end. A cancelled job is noticed when its result gets 409. */
export const protocolV1: ProtocolVersion = {
  version: 1,
  jobsFor: () => 1,
  outcomes: new Set(['done', 'failed', 'refused']),
  tellsCancel: false,
};
