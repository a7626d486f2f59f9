import { S3mini } from 's3mini';
import { nameS3Failure } from './failure.ts';
import { withRetries, type RetryTerms } from './retry.ts';
import type { S3Place } from './url.ts';

/** How long a store may take to begin its answer; one to a body takes as long as the body does. */
const answerLimitMs = 30_000;
const bodyLimitMs = 15 * 60_000;

/** One store as the target asks it: each call tried again where that may help, each failure named. */
export interface S3Client {
  call<T>(work: (store: S3mini) => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Names what failed after a call, while its answer was read. */
  name(error: unknown): unknown;
}

/** Opens an S3-compatible store; connects when first asked, and tries again what a retry can mend. */
export function createS3Client(name: string, place: S3Place, retries: RetryTerms): S3Client {
  const open = (signal: AbortSignal | undefined) =>
    new S3mini({
      endpoint: place.endpoint,
      region: place.region,
      accessKeyId: place.accessKeyId.reveal(),
      secretAccessKey: place.secretAccessKey.reveal(),
      fetch: async (input, init = {}) => await fetchInTime(input, init, signal),
    });
  const nameFailure = (error: unknown) => nameS3Failure(error, { name, location: place.location });
  return {
    name: nameFailure,
    call: async (work, signal) => {
      const store = open(signal);
      try {
        return await withRetries(retries, signal, async () => await work(store));
      } catch (error) {
        signal?.throwIfAborted();
        throw nameFailure(error);
      }
    },
  };
}

/** The limit is for the answer to begin: its body, a dump perhaps, may take longer. */
async function fetchInTime(
  input: RequestInfo | URL,
  init: RequestInit,
  signal: AbortSignal | undefined,
): Promise<Response> {
  const limitMs = init.method === 'PUT' || init.method === 'POST' ? bodyLimitMs : answerLimitMs;
  const silence = new AbortController();
  const timer = setTimeout(() => {
    silence.abort(new Error(`no answer within ${limitMs / 1000} s`));
  }, limitMs);
  try {
    const signals = signal === undefined ? [silence.signal] : [silence.signal, signal];
    return await fetch(input, { ...init, signal: AbortSignal.any(signals) });
  } finally {
    clearTimeout(timer);
  }
}
