/** What a span is about. Never a secret, never a value that somebody typed in. */
export interface SpanSpec {
  readonly name: string;
  readonly kind: 'server' | 'client' | 'internal';
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
  /** A `traceparent` header of whoever asked: the span becomes a part of that trace. */
  readonly parent?: string | undefined;
}

/** A span that has begun. */
export interface Span {
  set(name: string, value: string | number | boolean): void;
  /** Spans that begin in `work`, and what it waits for, are parts of this one. */
  within<T>(work: () => T): T;
  /** An error makes it a failed one. Once only. */
  end(error?: unknown): void;
}

/** Whatever makes spans of it; `src/tracing` has the one that there is. */
export interface Tracer {
  open(spec: SpanSpec): Span;
  /** Of the span that the caller runs in. */
  current(): { readonly traceId: string; readonly spanId: string; readonly traceparent: string } | undefined;
}

/** One for the process, as the log lines and the database calls of all its parts belong to one trace. */
let tracer: Tracer | undefined;

/** Traces from now on; undefined ends it. */
export function useTracer(made: Tracer | undefined): void {
  tracer = made;
}

/** Whether anybody is told of spans. */
export function isTracing(): boolean {
  return tracer !== undefined;
}

/** Begins a span; undefined while nothing is traced. */
export function openSpan(spec: SpanSpec): Span | undefined {
  return tracer?.open(spec);
}

/** Runs the work in a span of its own. While nothing is traced it costs one comparison: what it is about is not even worked out. */
export async function traced<T>(describe: () => SpanSpec, work: (span?: Span) => Promise<T>): Promise<T> {
  if (tracer === undefined) return await work();
  const span = tracer.open(describe());
  try {
    const result = await span.within(async () => await work(span));
    span.end();
    return result;
  } catch (error) {
    span.end(error);
    throw error;
  }
}

/** For log lines: the ids of the trace that they belong to; nothing outside of one. */
export function traceFacts(): { traceId?: string; spanId?: string } {
  const current = tracer?.current();
  return current === undefined ? {} : { traceId: current.traceId, spanId: current.spanId };
}

/** For calls to another program: the header that carries the trace on; nothing outside of one. */
export function traceHeaders(): { traceparent?: string } {
  const current = tracer?.current();
  return current === undefined ? {} : { traceparent: current.traceparent };
}
