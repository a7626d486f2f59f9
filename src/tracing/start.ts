import { AsyncLocalStorage } from 'node:async_hooks';
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Context, type SpanContext } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { AppError, type Span, type SpanSpec, type Tracer } from '../base/index.ts';
import { samplerOf, type SamplerName } from './sampler.ts';
import { parseTraceparent, traceparentOf } from './traceparent.ts';

export interface TracingOptions {
  readonly service: string;
  readonly version: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Whole, as in `http://collector:4318/v1/traces`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly sampler: SamplerName;
  /** Of the ratio samplers, 0 to 1. */
  readonly ratio: number;
}

/** A tracer, and how to end it with everything sent. */
export interface Tracing {
  readonly tracer: Tracer;
  stop(): Promise<void>;
}

const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL } as const;
const sendTimeoutMs = 5000;

/** Makes a tracer that sends its spans in batches over OTLP as JSON. A receiver that is away costs spans and nothing else. */
export function startTracing(options: TracingOptions): Tracing {
  const exporter = new OTLPTraceExporter({ url: options.url, headers: options.headers, timeoutMillis: sendTimeoutMs });
  const provider = new TracerProvider({
    resource: defaultResource().merge(
      resourceFromAttributes({
        ...options.attributes,
        'service.name': options.service,
        'service.version': options.version,
      }),
    ),
    sampler: samplerOf(options.sampler, options.ratio),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  });
  return { tracer: tracerOf(provider), stop: async () => await provider.shutdown() };
}

function tracerOf(provider: TracerProvider): Tracer {
  const inner = provider.getTracer('plimsoll');
  const contexts = new AsyncLocalStorage<Context>();
  return {
    open: (spec) => {
      const parent = parentOf(spec, contexts.getStore());
      const span = inner.startSpan(spec.name, { kind: kinds[spec.kind], attributes: spec.attributes ?? {} }, parent);
      const context = trace.setSpan(parent, span);
      return {
        set: (name, value) => void span.setAttribute(name, value),
        within: (work) => contexts.run(context, work),
        end: (error) => {
          if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: kindOf(error) });
          span.end();
        },
      } satisfies Span;
    },
    current: () => {
      const found = trace.getSpanContext(contexts.getStore() ?? ROOT_CONTEXT);
      if (found === undefined) return undefined;
      return { traceId: found.traceId, spanId: found.spanId, traceparent: traceparentOf(found) };
    },
  };
}

/** What runs already has the say; a header only where nothing does. */
function parentOf({ parent }: SpanSpec, running: Context | undefined): Context {
  if (running !== undefined) return running;
  const remote: SpanContext | undefined = parent === undefined ? undefined : parseTraceparent(parent);
  return remote === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, remote);
}

/** The code of an error of ours, the kind of any other: a message may hold what must not travel. */
function kindOf(error: unknown): string {
  if (error instanceof AppError) return error.code;
  return error instanceof Error ? error.name : 'error';
}
