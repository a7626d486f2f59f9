import { httpUrl, text, type Setting } from './types.ts';

/** Where traces go: the standard variables of OpenTelemetry, as far as they are heeded here. */
export const traceSettings = {
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl({
    optional: true,
    help: 'Where traces are sent as OTLP over HTTP, such as `http://collector:4318`; without it nothing is traced.',
  }),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: httpUrl({
    optional: true,
    help: 'The same for traces alone, as a whole address: nothing is appended to it.',
  }),
  OTEL_EXPORTER_OTLP_HEADERS: text({
    secret: true,
    optional: true,
    help: 'Headers sent along, as in `api-key=…,tenant=…`.',
  }),
  OTEL_SDK_DISABLED: text({ default: 'false', oneOf: ['true', 'false'], help: '`true`: nothing is traced after all.' }),
  OTEL_SERVICE_NAME: text({
    optional: true,
    help: 'Name of this program in traces; default `plimsoll-manager`, `plimsoll-backup`, `plimsoll-scanner` …',
  }),
  OTEL_RESOURCE_ATTRIBUTES: text({
    optional: true,
    help: 'What else is told of this program with each trace, as in `deployment.environment.name=test`.',
  }),
  OTEL_TRACES_SAMPLER: text({
    default: 'parentbased_always_on',
    oneOf: [
      'always_on',
      'always_off',
      'traceidratio',
      'parentbased_always_on',
      'parentbased_always_off',
      'parentbased_traceidratio',
    ],
    help: 'Which traces are recorded.',
  }),
  OTEL_TRACES_SAMPLER_ARG: text({ default: '1', help: 'Of the ratio samplers: which part of all traces, 0 to 1.' }),
} as const satisfies Record<string, Setting<unknown>>;
