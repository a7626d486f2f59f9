import release from '../../release.json' with { type: 'json' };
import { useTracer } from '../base/index.ts';
import { invalidSettings, readSettings, type Environment } from '../settings/index.ts';

const names = [
  'OTEL_SDK_DISABLED',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  'OTEL_EXPORTER_OTLP_HEADERS',
  'OTEL_SERVICE_NAME',
  'OTEL_RESOURCE_ATTRIBUTES',
  'OTEL_TRACES_SAMPLER',
  'OTEL_TRACES_SAMPLER_ARG',
  'IMAGE_SHA',
] as const;

/** Runs a command with its traces sent to the receiver that the settings name; all that is left is sent before it ends. */
export async function runTraced(
  command: string,
  environment: Environment,
  run: () => Promise<number>,
): Promise<number> {
  const settings = readSettings(environment, names);
  const url = urlOf(settings.OTEL_EXPORTER_OTLP_ENDPOINT, settings.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT);
  if (settings.OTEL_SDK_DISABLED === 'true' || url === undefined) return await run();
  const { startTracing } = await import('../tracing/index.ts');
  const tracing = startTracing({
    service: settings.OTEL_SERVICE_NAME ?? `plimsoll-${command.split(' ')[0]}`,
    version: release.appVersion,
    attributes: { ...pairsOf(settings.OTEL_RESOURCE_ATTRIBUTES), 'plimsoll.image_sha': settings.IMAGE_SHA },
    url,
    headers: pairsOf(settings.OTEL_EXPORTER_OTLP_HEADERS?.reveal()),
    sampler: settings.OTEL_TRACES_SAMPLER as Parameters<typeof startTracing>[0]['sampler'],
    ratio: ratioOf(settings.OTEL_TRACES_SAMPLER_ARG),
  });
  useTracer(tracing.tracer);
  try {
    return await run();
  } finally {
    useTracer(undefined);
    // A receiver that is away is no reason to fail.
    await tracing.stop().catch(() => undefined);
  }
}

function urlOf(base: string | undefined, whole: string | undefined): string | undefined {
  return whole ?? (base === undefined ? undefined : `${base}/v1/traces`);
}

function ratioOf(text: string): number {
  const ratio = Number(text);
  if (/^[\d.]+$/.test(text) && ratio >= 0 && ratio <= 1) return ratio;
  throw invalidSettings([`OTEL_TRACES_SAMPLER_ARG must be from 0 to 1, found ${JSON.stringify(text)}`]);
}

/** `a=1,b=2`, percent-encoded. Source: OpenTelemetry specification, W3C Baggage form of these variables. */
function pairsOf(text: string | undefined): Record<string, string> {
  const pairs = (text ?? '').split(',').flatMap((pair) => {
    const [, name, value] = /^\s*([^=\s]+)\s*=(.*)$/.exec(pair) ?? [];
    return name === undefined || value === undefined ? [] : [[name, decoded(value.trim())] as const];
  });
  return Object.fromEntries(pairs);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
