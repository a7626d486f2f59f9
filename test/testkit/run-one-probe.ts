import { parseNetwork } from '../../src/base/index.ts';
import type { Finding, Job } from '../../src/contract/index.ts';
import { findingSchema, jobSchema } from '../../src/contract/index.ts';
import { AllowList } from '../../src/scanner/allow-list.ts';
import { resolveDestination, type Lookup } from '../../src/scanner/destination.ts';
import { runProbe, type ProbeOutcome } from '../../src/scanner/probes/index.ts';

export interface ProbeSetup {
  readonly kind: Job['kind'];
  readonly host?: string;
  readonly port: number;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly networks?: readonly string[];
  readonly lookup?: Lookup;
  readonly now?: Date;
  readonly cancelled?: AbortSignal;
}

const defaults = {
  tcp: {},
  tls: {},
  http: { scheme: 'http', path: '/', method: 'GET', maxRedirects: 5 },
} as const;

/** Runs one probe as the scanner would, and holds what it says to the contract. */
export async function runOneProbe(setup: ProbeSetup): Promise<ProbeOutcome & { early: readonly Finding[] }> {
  const { kind, host = '127.0.0.1', port, options, networks = ['127.0.0.0/8', '::1'] } = setup;
  const job = jobSchema.parse({
    id: '00000000-0000-4000-8000-000000000001',
    kind,
    target: { host, port },
    options: { timeoutMs: 5000, ...defaults[kind], ...options },
    lease: { leaseId: '00000000-0000-4000-8000-000000000002', leaseSeconds: 60, attempt: 1 },
  });
  const allowList = new AllowList(networks.flatMap((text) => parseNetwork(text) ?? []));
  const early: Finding[] = [];
  const outcome = await runProbe(job, {
    reach: async (name) => await resolveDestination(name, allowList, setup.lookup ?? noNames),
    now: () => setup.now ?? new Date(),
    cancelled: setup.cancelled ?? new AbortController().signal,
    foundEarly: (finding) => early.push(findingSchema.parse(finding)),
  });
  if (outcome.outcome === 'done') findingSchema.parse(outcome.finding);
  return { ...outcome, early };
}

const noNames: Lookup = async (host) => {
  if (host === 'localhost') return await Promise.resolve(['127.0.0.1']);
  throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND' });
};
