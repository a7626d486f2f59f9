import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

export interface ScannerMetrics {
  readonly registry: Registry;
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

/** The scanner's own numbers, in a registry of their own. */
export function createMetrics(facts: { version: string; protocolVersion: number }): ScannerMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'plimsoll_scanner_info',
    help: 'Constant 1; the version and the wire-protocol version are its labels.',
    labelNames: ['version', 'protocol'],
    registers,
  }).set({ version: facts.version, protocol: facts.protocolVersion }, 1);
  const jobs = new Counter({
    name: 'plimsoll_scanner_jobs_total',
    help: 'Jobs that ended, by kind and outcome.',
    labelNames: ['kind', 'outcome'],
    registers,
  });
  const seconds = new Histogram({
    name: 'plimsoll_scanner_job_seconds',
    help: 'How long jobs took.',
    labelNames: ['kind'],
    buckets: [0.005, 0.02, 0.1, 0.5, 1, 5, 10, 30, 60],
    registers,
  });
  const calls = new Counter({
    name: 'plimsoll_scanner_calls_total',
    help: 'Calls to the manager, by what came of them.',
    labelNames: ['call', 'answer'],
    registers,
  });
  return {
    registry,
    jobEnded: (kind, outcome, duration) => {
      jobs.inc({ kind, outcome });
      seconds.observe({ kind }, duration);
    },
    called: (call, answer) => calls.inc({ call, answer }),
    watch: (read) => watchGauges(registry, read),
  };
}

function watchGauges(registry: Registry, read: () => ScannerGauges): void {
  const gauge = (name: string, help: string, value: (gauges: ScannerGauges) => number): void => {
    const made: Gauge = new Gauge({ name, help, registers: [registry], collect: () => made.set(value(read())) });
  };
  gauge('plimsoll_scanner_jobs_running', 'Jobs that run now.', ({ running }) => running);
  gauge('plimsoll_scanner_spooled_results', 'Results not acknowledged yet.', ({ spooledResults }) => spooledResults);
  gauge('plimsoll_scanner_spooled_bytes', 'Size of those results.', ({ spooledBytes }) => spooledBytes);
  gauge('plimsoll_scanner_in_window', '1 inside the protocol window of the manager.', ({ inWindow }) =>
    Number(inWindow),
  );
}
