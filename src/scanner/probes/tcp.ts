import type { Finding, Job, ProbeError } from '../../contract/index.ts';
import { letGo, openTcp } from './connection.ts';
import { endpointError } from './endpoint-error.ts';
import { reachWithin, unreachedOutcome, type ProbeContext, type ProbeOutcome } from './probe.ts';

/** Is the port open, and how long does it take to connect? */
export async function probeTcp(job: Extract<Job, { kind: 'tcp' }>, context: ProbeContext): Promise<ProbeOutcome> {
  const { host, port } = job.target;
  try {
    const destination = await reachWithin(context, host);
    if (destination.kind !== 'allowed') return unreachedOutcome(destination, closed);
    const startedMs = performance.now();
    const socket = await openTcp(destination, port, context.signal);
    const latencyMs = performance.now() - startedMs;
    letGo(socket);
    return { outcome: 'done', finding: { kind: 'tcp', open: true, latencyMs, error: null } };
  } catch (error) {
    return { outcome: 'done', finding: closed(endpointError(error, context, 'connecting')) };
  }
}

function closed(error: ProbeError): Finding {
  return { kind: 'tcp', open: false, latencyMs: null, error };
}
