import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import release from '../../release.json' with { type: 'json' };
import { firstSignal, parseNetwork } from '../base/index.ts';
import { jsonLog, runScanner, runScannerOnce, scannerError, type ScannerOptions } from '../scanner/index.ts';
import { readSettings } from '../settings/index.ts';
import { jsonOption, type Command, type CommandContext } from './command.ts';

const names = [
  'SCANNER_MANAGER_URL',
  'SCANNER_NAME',
  'SCANNER_ENROLMENT_TOKEN',
  'SCANNER_NETWORKS',
  'SCANNER_CONCURRENCY',
  'SCANNER_STATE_DIR',
  'SCANNER_METRICS_HOST',
  'SCANNER_METRICS_PORT',
  'SCANNER_PROTOCOL',
  'DATA_DIR',
  'LOG_LEVEL',
] as const;

/** `plimsoll scanner`: one scanner, until it is told to stop; with `--once` until its work is delivered. */
export const command: Command = {
  summary: 'Probe endpoints for a manager: enrol, lease jobs, return what was found.',
  options: {
    once: { type: 'boolean', help: 'Lease once, do the work, deliver it and end.' },
    ...jsonOption,
  },
  settings: names,
  exitCodes: {
    0: 'stopped as it was told to; with --once: done, or nothing to do',
    1: 'could not run; with --once also: the manager could not be reached',
    3: 'the manager refuses its token or credential; with --once also: outside the protocol window',
    130: 'stopped by force',
  },
  run: async (context) => {
    const { metrics, ...options } = readOptions(context);
    const stop = new AbortController();
    void firstSignal(process, () => process.exit(130)).then(() => stop.abort());
    if (context.options['once'] === true) return await once(context, options, stop.signal);
    await runScanner({ ...options, metrics }, stop.signal);
    return 0;
  },
};

async function once(context: CommandContext, options: ScannerOptions, stop: AbortSignal): Promise<number> {
  const report = await runScannerOnce(options, stop);
  const { jobs, delivered, kept } = report;
  const text = `${jobs} ${jobs === 1 ? 'job' : 'jobs'} done, ${delivered} delivered, ${kept} kept for later`;
  context.stdout.write(`${context.options['json'] === true ? JSON.stringify(report) : text}\n`);
  return 0;
}

function readOptions({ environment, cwd, stderr }: CommandContext): Parameters<typeof runScanner>[0] {
  const settings = readSettings(environment, names);
  const managerUrl = settings.SCANNER_MANAGER_URL;
  if (managerUrl === undefined)
    throw scannerError('manager_url_missing', {
      message: 'SCANNER_MANAGER_URL is not set',
      hint: 'Set SCANNER_MANAGER_URL to the address of the manager, such as https://plimsoll.example.org.',
    });
  return {
    managerUrl,
    name: settings.SCANNER_NAME ?? hostname(),
    enrolmentToken: settings.SCANNER_ENROLMENT_TOKEN,
    networks: settings.SCANNER_NETWORKS.flatMap((text) => parseNetwork(text) ?? []),
    concurrency: settings.SCANNER_CONCURRENCY,
    stateDir: resolve(cwd, settings.SCANNER_STATE_DIR ?? join(settings.DATA_DIR, 'scanner')),
    metrics: { host: settings.SCANNER_METRICS_HOST, port: settings.SCANNER_METRICS_PORT },
    protocolVersion: settings.SCANNER_PROTOCOL,
    binaryVersion: release.appVersion,
    log: jsonLog(settings.LOG_LEVEL, (line) => stderr.write(line)),
  };
}
