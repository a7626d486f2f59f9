import type { Finding, ProbeError } from '../../contract/index.ts';
import type { Destination } from '../destination.ts';
import { probeError } from '../probe-error.ts';

/** What a probe is given beside its target. */
export interface ProbeContext {
  /** Over everything the probe does: aborted when its budget is spent or its job is cancelled. */
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** Resolves a host and holds it to the allow-list; also for each hop of a redirect. */
  readonly reach: (host: string) => Promise<Destination>;
  readonly now: () => Date;
  /** Hands over a finding before the probe has ended. */
  readonly foundEarly: (finding: Finding) => void;
}

/** A dead or hostile endpoint is `done` with an error in its finding; `failed` is the scanner's own trouble. */
export type ProbeOutcome =
  | { readonly outcome: 'done'; readonly finding: Finding }
  | { readonly outcome: 'refused'; readonly error: ProbeError }
  | { readonly outcome: 'failed'; readonly error: ProbeError };

/** The outcome when there is no address to connect to; a name that does not exist is a fact about the target. */
export function unreachedOutcome(
  destination: Exclude<Destination, { kind: 'allowed' }>,
  finding: (error: ProbeError) => Finding,
): ProbeOutcome {
  if (destination.kind === 'refused') return { outcome: 'refused', error: destination.error };
  if (destination.temporary) return { outcome: 'failed', error: destination.error };
  return { outcome: 'done', finding: finding(destination.error) };
}

/** Resolves a host within the budget; a resolver that never answers is trouble of this machine, not of the endpoint. */
export async function reachWithin(context: ProbeContext, host: string): Promise<Destination> {
  try {
    return await unlessAborted(context.reach(host), context.signal);
  } catch (error) {
    if (!context.signal.aborted) throw error;
    const message = `gave up after ${context.timeoutMs} ms while resolving ${host}`;
    return { kind: 'unresolved', temporary: true, error: probeError('dns_failed', message) };
  }
}

/** Settles as `promise` does, or rejects with the signal's reason, whichever comes first. */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason as Error);
  promise.catch(() => undefined);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    signal.throwIfAborted();
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
