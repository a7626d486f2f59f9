import type { CommandLine } from './run-command.ts';

const endpoints = ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'];

/** Runs a command, with traces if the environment names a receiver. Who traces nothing loads and checks nothing for it. */
export async function runTracedIfAsked(
  name: string,
  { environment, argv }: Pick<CommandLine, 'environment' | 'argv'>,
  run: () => Promise<number>,
): Promise<number> {
  const isAsked = endpoints.some((endpoint) => (environment[endpoint] ?? '') !== '');
  if (!isAsked || argv.includes('--help')) return await run();
  const { runTraced } = await import('./tracing.ts');
  return await runTraced(name, environment, run);
}
