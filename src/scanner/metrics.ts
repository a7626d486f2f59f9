import { createMeter, moment, single, type MetricsText } from '../metrics/index.ts';
import { scannerMetrics } from './metrics-table.ts';

export interface ScannerMetrics {
  read(accept: string | undefined): Promise<MetricsText>;
  jobEnded(kind: string, outcome: string, seconds: number): void;
  called(call: string, answer: string): void;
  /** Gauges that are read when the metrics are. */
  watch(read: () => ScannerGauges): void;
}

export interface ScannerGauges {
  readonly running: number;
  readonly spooledResults: number;
  readonly spooledBytes: number;
  readonly inWindow: boolean;
}

/** The scanner's own numbers. */
export function createMetrics(facts: {
  version: string;
  protocolVersion: number;
  now?: (() => Date) | undefined;
}): ScannerMetrics {
  const { version, protocolVersion, now = () => new Date() } = facts;
  const meter = createMeter(scannerMetrics);
  let gauges: () => ScannerGauges | undefined = () => undefined;
  let contactAt: Date | undefined;
  meter.sample('plimsoll_scanner_info', () => [{ labels: { version, protocol: String(protocolVersion) }, value: 1 }]);
  meter.sample('plimsoll_scanner_last_contact_timestamp_seconds', () => moment(contactAt));
  meter.sample('plimsoll_scanner_jobs_running', () => single(gauges()?.running));
  meter.sample('plimsoll_scanner_spooled_results', () => single(gauges()?.spooledResults));
  meter.sample('plimsoll_scanner_spooled_bytes', () => single(gauges()?.spooledBytes));
  meter.sample('plimsoll_scanner_in_window', () => {
    const known = gauges();
    return known === undefined ? [] : single(Number(known.inWindow));
  });
  const jobs = meter.counter('plimsoll_scanner_jobs_total');
  const seconds = meter.histogram('plimsoll_scanner_job_duration_seconds');
  const calls = meter.counter('plimsoll_scanner_calls_total');
  return {
    read: async (accept) => await meter.read(accept),
    jobEnded: (kind, outcome, duration) => {
      jobs.inc({ kind, outcome });
      seconds.observe({ kind }, duration);
    },
    called: (call, answer) => {
      calls.inc({ call, answer });
      if (answer !== 'unreachable') contactAt = now();
    },
    watch: (read) => {
      gauges = read;
    },
  };
}
