import type { MetricTable } from '../metrics/index.ts';

/** Every metric of a scanner. */
export const scannerMetrics = {
  plimsoll_scanner_info: {
    type: 'gauge',
    help: 'Always 1; the labels tell the version and the wire-protocol version.',
    labels: { version: 'version of the scanner', protocol: 'wire-protocol version it speaks' },
  },
  plimsoll_scanner_in_window: {
    type: 'gauge',
    help: '1 inside the protocol window of the manager, 0 outside; absent until enrolled.',
  },
  plimsoll_scanner_last_contact_timestamp_seconds: {
    type: 'gauge',
    help: 'When the manager last answered, whatever it said; absent if it never did.',
  },
  plimsoll_scanner_jobs_running: { type: 'gauge', help: 'Jobs that run now.' },
  plimsoll_scanner_spooled_results: { type: 'gauge', help: 'Results the manager has not acknowledged yet.' },
  plimsoll_scanner_spooled_bytes: { type: 'gauge', help: 'Size of those results.' },
  plimsoll_scanner_jobs_total: {
    type: 'counter',
    help: 'Jobs that ended, by kind and outcome.',
    labels: { kind: 'kind of job', outcome: 'as in docs/scanner-protocol.md' },
  },
  plimsoll_scanner_job_duration_seconds: {
    type: 'histogram',
    help: 'How long jobs took.',
    labels: { kind: 'kind of job' },
    buckets: [0.005, 0.02, 0.1, 0.5, 1, 5, 10, 30, 60],
  },
  plimsoll_scanner_calls_total: {
    type: 'counter',
    help: 'Calls to the manager, by what came of them.',
    labels: {
      call: '`enrol`, `heartbeat`, `lease` or `result`',
      answer: '`ok`, `unsupported`, `lease_lost`, `unauthorized`, `wait`, `rejected` or `unreachable`',
    },
  },
} as const satisfies MetricTable;
