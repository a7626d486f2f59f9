import { z } from 'zod';
import { protocolUnsupportedSchema, type ProtocolWindow } from '../contract/index.ts';

/** What came of one call to the manager. None of it is an error of this program. */
export type Answer<T> =
  | { readonly kind: 'ok'; readonly value: T }
  /** 426: outside the window. */
  | { readonly kind: 'unsupported'; readonly window: ProtocolWindow | undefined }
  /** 409: the lease is no longer ours. */
  | { readonly kind: 'lease_lost' }
  /** 401 or 403. */
  | { readonly kind: 'unauthorized'; readonly code: string; readonly message: string }
  /** 503 or 429: the gate is closed, the manager is stopping, or we are too fast. */
  | { readonly kind: 'wait'; readonly code: string; readonly retryAfterMs: number | undefined }
  /** The manager itself says that it will never take this message. */
  | { readonly kind: 'rejected'; readonly code: string; readonly message: string }
  /** No manager there, or something in between that answers for it. */
  | { readonly kind: 'unreachable'; readonly message: string };

export type Refusal = Exclude<Answer<never>, { kind: 'ok' }>;

/** The parts of a response that decide; `date` is the server's clock, by which its Retry-After dates are meant. */
export interface Reply {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly date: string | null;
  /** The body, or undefined if it is no JSON. */
  readonly body: unknown;
}

const problemSchema = z.looseObject({ code: z.string(), detail: z.string().optional() });

/** Judges a reply that is no success. A body that is not a problem document of ours comes from a proxy. */
export function judgeRefusal(reply: Reply): Refusal {
  const problem = problemSchema.safeParse(reply.body);
  const code = problem.success ? problem.data.code : `http_${reply.status}`;
  const message = (problem.success ? problem.data.detail : undefined) ?? `the manager answered ${reply.status}`;
  if (reply.status === 401 || reply.status === 403) return { kind: 'unauthorized', code, message };
  if (reply.status === 503 || reply.status === 429)
    return { kind: 'wait', code, retryAfterMs: retryAfterMs(reply.retryAfter, reply.date) };
  if (reply.status === 426) return { kind: 'unsupported', window: windowOf(reply.body) };
  if (reply.status === 409) return { kind: 'lease_lost' };
  if (problem.success && reply.status >= 400 && reply.status < 500 && reply.status !== 408)
    return { kind: 'rejected', code, message };
  return { kind: 'unreachable', message: `${message} [${code}]` };
}

function windowOf(body: unknown): ProtocolWindow | undefined {
  const parsed = protocolUnsupportedSchema.safeParse(body);
  return parsed.success ? parsed.data.window : undefined;
}

/** Seconds, or a date; the date is taken against the server's own Date header, never against this machine's clock. */
export function retryAfterMs(retryAfter: string | null, date: string | null): number | undefined {
  if (retryAfter === null) return undefined;
  if (/^\d{1,9}$/.test(retryAfter.trim())) return Number(retryAfter) * 1000;
  const ms = Date.parse(retryAfter) - Date.parse(date ?? '');
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
