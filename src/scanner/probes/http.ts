import { isIPv6 } from 'node:net';
import type { Finding, Job, ProbeError } from '../../contract/index.ts';
import type { Destination } from '../destination.ts';
import { printable, probeError } from '../probe-error.ts';
import type { Reachable } from './connection.ts';
import { endpointError, type Stage } from './endpoint-error.ts';
import { exchange, type AnswerHead } from './exchange.ts';
import { describeHandshake } from './handshake.ts';
import { reachWithin, unreachedOutcome, type ProbeContext, type ProbeOutcome } from './probe.ts';
import { missingSecurityHeaders } from './security-headers.ts';

type HttpJob = Extract<Job, { kind: 'http' }>;
type HttpFinding = Extract<Finding, { kind: 'http' }>;

/** What is known so far; each answer replaces the head, each redirect that is followed adds a step. */
interface Journey {
  url: URL;
  stage: Stage;
  answer: (AnswerHead & { scheme: 'http' | 'https' }) | undefined;
  readonly redirects: { status: number; location: string }[];
}

/**
 * What does an endpoint answer to HTTP: status, redirects, missing security headers? Over https the handshake of the
 * first hop is a finding of its own, handed over before the answer has come.
 */
export async function probeHttp(job: HttpJob, context: ProbeContext): Promise<ProbeOutcome> {
  const journey: Journey = { url: firstUrl(job), stage: 'connecting', answer: undefined, redirects: [] };
  try {
    return await travel(job, context, journey);
  } catch (error) {
    return { outcome: 'done', finding: finding(journey, endpointError(error, context, journey.stage)) };
  }
}

/** Follows redirects by hand; each hop is resolved, held to the allow-list and pinned anew. */
async function travel(job: HttpJob, context: ProbeContext, journey: Journey): Promise<ProbeOutcome> {
  const { maxRedirects } = job.options;
  const arrived = (error: ProbeError | null): ProbeOutcome => ({ outcome: 'done', finding: finding(journey, error) });
  for (;;) {
    const destination = await reachWithin(context, hostOf(journey.url));
    if (destination.kind !== 'allowed') {
      if (journey.redirects.length === 0) return unreachedOutcome(destination, (error) => finding(journey, error));
      return arrived(hopRefused(destination));
    }
    await ask(job, context, journey, destination);
    const next = nextUrl(journey);
    if (next === undefined || maxRedirects === 0) return arrived(null);
    if (journey.redirects.length >= maxRedirects)
      return arrived(probeError('too_many_redirects', `more than ${maxRedirects} redirects`));
    journey.redirects.push({ status: journey.answer?.status ?? 0, location: printable(next.href, 4000) });
    if (!['http:', 'https:'].includes(next.protocol))
      return arrived(probeError('redirect_refused', `the redirect leads to ${next.protocol}, not to http or https`));
    journey.url = next;
  }
}

function hopRefused({ kind, error }: Exclude<Destination, { kind: 'allowed' }>): ProbeError {
  return kind === 'refused' ? probeError('redirect_refused', error.message) : error;
}

async function ask(job: HttpJob, context: ProbeContext, journey: Journey, to: Reachable): Promise<void> {
  const { url, redirects } = journey;
  journey.stage = 'connecting';
  const head = await exchange({
    method: job.options.method,
    url,
    to,
    signal: context.signal,
    onConnect: () => (journey.stage = 'waiting for the answer'),
    onHandshake: (socket) => {
      if (redirects.length === 0) context.foundEarly(describeHandshake(socket, hostOf(url), context.now()));
    },
  });
  journey.answer = { ...head, scheme: url.protocol === 'https:' ? 'https' : 'http' };
}

function hostOf(url: URL): string {
  return url.hostname.replaceAll(/^\[|\]$/g, '');
}

function firstUrl({ target, options }: HttpJob): URL {
  const host = isIPv6(target.host) ? `[${target.host}]` : target.host;
  return new URL(`${options.scheme}://${host}:${target.port}${options.path}`);
}

/** Where the last answer points, without credentials; undefined if it is no redirect. */
function nextUrl({ answer, url }: Journey): URL | undefined {
  if (answer === undefined || ![301, 302, 303, 307, 308].includes(answer.status)) return undefined;
  const next = URL.parse(answer.headers.location ?? '', url.href);
  if (next === null || answer.headers.location === undefined) return undefined;
  next.username = '';
  next.password = '';
  next.hash = '';
  return next;
}

function finding({ answer, redirects }: Journey, error: ProbeError | null): HttpFinding {
  return {
    kind: 'http',
    status: answer?.status ?? null,
    redirects,
    headersMissing: answer === undefined ? [] : missingSecurityHeaders(answer.headers, answer.scheme),
    server: answer?.server === undefined ? null : printable(answer.server, 300),
    latencyMs: answer?.latencyMs ?? null,
    error,
  };
}
