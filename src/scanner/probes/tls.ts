import type { Job } from '../../contract/index.ts';
import { letGo, openTls } from './connection.ts';
import { endpointError, type Stage } from './endpoint-error.ts';
import { describeHandshake, noHandshake, serverNameOf } from './handshake.ts';
import { reachWithin, unreachedOutcome, type ProbeContext, type ProbeOutcome } from './probe.ts';

/** Which protocol, cipher and certificates does a TLS handshake show, how long are they good, are they trusted? */
export async function probeTls(job: Extract<Job, { kind: 'tls' }>, context: ProbeContext): Promise<ProbeOutcome> {
  const { host, port } = job.target;
  const checkedName = (job.options.serverName ?? host).replace(/\.$/, '');
  let stage: Stage = 'connecting';
  try {
    const destination = await reachWithin(context, host);
    if (destination.kind !== 'allowed') return unreachedOutcome(destination, noHandshake);
    const socket = await openTls(destination, {
      port,
      serverName: serverNameOf(host, job.options.serverName),
      signal: context.signal,
      onConnect: () => (stage = 'handshaking'),
    });
    try {
      return { outcome: 'done', finding: describeHandshake(socket, checkedName, context.now()) };
    } finally {
      letGo(socket);
    }
  } catch (error) {
    return { outcome: 'done', finding: noHandshake(endpointError(error, context, stage)) };
  }
}
