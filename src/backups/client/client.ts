import type { z } from 'zod';
import { traceHeaders, withDeadline, type AppError } from '../../base/index.ts';
import {
  backupRunSchema,
  backupStatusSchema,
  bundleEntrySchema,
  bundleListSchema,
  keyChallengeSchema,
  keyProofSchema,
  latestBundleSchema,
  type AnswerKey,
  type BackupRun,
  type BackupStatus,
  type BundleEntry,
  type BundleList,
  type ChallengeKey,
  type KeyChallenge,
  type KeyProof,
  type LatestBundle,
  type PinBundle,
  type TakeBundle,
  type VerifyBundle,
} from '../../contract/index.ts';
import {
  explainFailure,
  notConfigured,
  readAnswer,
  refusalOf,
  type BackupServiceAddress,
  type Expected,
} from './answers.ts';
import { readRunEvents, type IdentifiedEvent } from './events.ts';

/**
 * The backup service as its callers see it. Every call has a deadline, follows no redirect (it would carry the token to
 * another place) and leaves no socket open. Throws the service's own errors, or one of `backupClientErrorTable`.
 */
export interface BackupClient {
  latest(): Promise<LatestBundle>;
  list(): Promise<BundleList>;
  bundle(id: string): Promise<BundleEntry>;
  status(): Promise<BackupStatus>;
  /** Begins to take a bundle; throws `backup_busy` while something else runs. */
  take(request: TakeBundle): Promise<BackupRun>;
  /** Begins to verify or prove a bundle; throws `backup_busy` while something else runs. */
  verify(id: string, request: VerifyBundle): Promise<BackupRun>;
  pin(id: string, request: PinBundle): Promise<BundleEntry>;
  unpin(id: string, by: string): Promise<BundleEntry>;
  remove(id: string, by: string): Promise<void>;
  run(id: string): Promise<BackupRun>;
  cancel(runId: string, by: string): Promise<BackupRun>;
  /** A text for the holder of a recipient's private key to decrypt. */
  challengeKey(request: ChallengeKey): Promise<KeyChallenge>;
  answerKey(request: AnswerKey): Promise<KeyProof>;
  /** The current run as it goes on, then the next ones, until the signal is aborted or the service ends. */
  events(terms: EventTerms): AsyncGenerator<IdentifiedEvent>;
  /** The answer to a download as the service gave it (200, 206 or 304; 416 too), its body a stream; the caller reads or cancels it. */
  download(id: string, terms: DownloadTerms): Promise<Response>;
}

export interface EventTerms {
  readonly signal: AbortSignal;
  /** What came last before the connection broke. */
  readonly lastEventId?: string | undefined;
}

export interface DownloadTerms {
  readonly signal: AbortSignal;
  /** `range`, `if-range` and `if-none-match` are passed on. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly method?: 'GET' | 'HEAD';
}

export interface BackupClientOptions extends BackupServiceAddress {
  /** Longest time a call may take; a stream, until it begins. */
  readonly deadlineMs?: number;
}

const passedOn = ['range', 'if-range', 'if-none-match'] as const;
const one = <S extends z.ZodType>(schema: S, shape: string, status = 200): Expected<S> => ({ schema, shape, status });

const latestAnswer = one(latestBundleSchema, '{"bundle": …}');
const listAnswer = one(bundleListSchema, '{"bundles": …}');
const entryAnswer = one(bundleEntrySchema, 'a bundle');
const statusAnswer = one(backupStatusSchema, 'the status of a backup service');
const runAnswer = one(backupRunSchema, 'a run');
const challengeAnswer = one(keyChallengeSchema, 'a challenge');
const proofAnswer = one(keyProofSchema, 'a proof');
const begunAnswer = one(backupRunSchema, 'a run', 202);

/** Makes a client; nothing connects before the first call. */
export function createBackupClient(options: BackupClientOptions): BackupClient {
  const caller = new Caller(options);
  const bundle = (id: string, rest = ''): string => `/api/bundles/${encodeURIComponent(id)}${rest}`;
  const run = (id: string, rest = ''): string => `/api/runs/${encodeURIComponent(id)}${rest}`;
  const byQuery = (by: string): string => `?${new URLSearchParams({ by }).toString()}`;
  return {
    latest: async () => await caller.call({ path: '/api/bundles/latest' }, latestAnswer),
    list: async () => await caller.call({ path: '/api/bundles' }, listAnswer),
    bundle: async (id) => await caller.call({ path: bundle(id) }, entryAnswer),
    status: async () => await caller.call({ path: '/api/status' }, statusAnswer),
    take: async (body) => await caller.call({ method: 'POST', path: '/api/bundles', body }, begunAnswer),
    verify: async (id, body) => await caller.call({ method: 'POST', path: bundle(id, '/verify'), body }, begunAnswer),
    pin: async (id, body) => await caller.call({ method: 'PUT', path: bundle(id, '/pin'), body }, entryAnswer),
    unpin: async (id, by) =>
      await caller.call({ method: 'DELETE', path: bundle(id, `/pin${byQuery(by)}`) }, entryAnswer),
    remove: async (id, by) => await caller.remove(bundle(id, byQuery(by))),
    run: async (id) => await caller.call({ path: run(id) }, runAnswer),
    cancel: async (id, by) =>
      await caller.call({ method: 'POST', path: run(id, '/cancel'), body: { by } }, begunAnswer),
    challengeKey: async (body) =>
      await caller.call({ method: 'POST', path: '/api/keys/challenge', body }, challengeAnswer),
    answerKey: async (body) => await caller.call({ method: 'POST', path: '/api/keys/answer', body }, proofAnswer),
    events: (terms) => caller.events(terms),
    download: async (id, terms) => await caller.download(bundle(id, '/download'), terms),
  };
}

interface Call {
  readonly method?: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

class Caller {
  readonly #address: BackupServiceAddress;
  readonly #deadlineMs: number;

  constructor({ url, token, deadlineMs = 10_000 }: BackupClientOptions) {
    this.#address = { url, token };
    this.#deadlineMs = deadlineMs;
  }

  async call<S extends z.ZodType>(call: Call, expected: Expected<S>): Promise<z.output<S>> {
    return await this.#within(async (signal) => {
      const response = await this.#fetch({ ...call, signal });
      return await readAnswer(response, this.#address, expected);
    });
  }

  async remove(path: string): Promise<void> {
    await this.#within(async (signal) => {
      const response = await this.#fetch({ method: 'DELETE', path, signal });
      if (response.status !== 204) throw await refusalOf(response, this.#address, 204);
    });
  }

  async *events({ signal, lastEventId }: EventTerms): AsyncGenerator<IdentifiedEvent> {
    const headers = {
      accept: 'text/event-stream',
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    };
    const response = await this.#begin({ path: '/api/runs/current/events', headers }, signal);
    if (response.status !== 200) throw await refusalOf(response, this.#address, 200);
    try {
      yield* readRunEvents(response, this.#address.url ?? '');
    } catch (error) {
      if (signal.aborted) return;
      throw explainFailure(error, this.#address.url ?? '');
    }
  }

  async download(path: string, { signal, headers = {}, method = 'GET' }: DownloadTerms): Promise<Response> {
    const chosen = passedOn.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]] as const]));
    const response = await this.#begin(
      { method, path, headers: { accept: '*/*', ...Object.fromEntries(chosen) } },
      signal,
    );
    if ([200, 206, 304, 416].includes(response.status)) return response;
    throw await refusalOf(response, this.#address, 200);
  }

  /** An answer that begins in time; how long it then lasts is the caller's business. */
  async #begin(call: Call, signal: AbortSignal): Promise<Response> {
    return await this.#within(
      async (deadline) => await this.#fetch({ ...call, signal: AbortSignal.any([signal, deadline]) }),
    );
  }

  async #fetch({ method = 'GET', path, body, headers, signal }: Call): Promise<Response> {
    const { url, token } = this.#address;
    if (url === undefined) throw notConfigured();
    return await fetch(`${url}${path}`, {
      method,
      redirect: 'manual',
      // A kept-alive socket would outlive the caller.
      headers: {
        accept: 'application/json',
        connection: 'close',
        ...traceHeaders(),
        ...(token === undefined ? {} : { authorization: `Bearer ${token.reveal()}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: signal ?? null,
    });
  }

  async #within<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    try {
      return await withDeadline(this.#deadlineMs, work);
    } catch (error) {
      throw this.#explain(error);
    }
  }

  #explain(error: unknown): AppError {
    return explainFailure(error, this.#address.url ?? '');
  }
}
