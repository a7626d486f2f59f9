import type { MetricTable } from '../../metrics/index.ts';

const status = 'what is the case has 1, all others 0';
const database = '`config`, `results` or `jobs`';

/** Every metric of the manager. */
export const managerMetrics = {
  plimsoll_build_info: {
    type: 'gauge',
    help: 'Always 1; the labels tell the release.',
    labels: { version: 'version of the release', image_sha: 'commit the container was deployed from, or `unknown`' },
  },
  plimsoll_verdict: {
    type: 'gauge',
    help: '1 for the verdict of the deployment.',
    labels: { status: `\`ok\`, \`ready\`, \`attention\`, \`stopped\`, \`unknown\`: ${status}` },
  },
  plimsoll_verdict_reason: {
    type: 'gauge',
    help: '1 for each reason of the verdict.',
    labels: { code: 'as in docs/verdict.md', severity: '`block`, `warn` or `info`', part: 'what it is about' },
  },
  plimsoll_posture_timestamp_seconds: {
    type: 'gauge',
    help: 'When the posture was last put together; it is every few seconds.',
  },
  plimsoll_gate_open: { type: 'gauge', help: '1 while everything is switched on, 0 while a part is off.' },
  plimsoll_gate_part_closed: {
    type: 'gauge',
    help: '1 for each part that is switched off, and why; absent while the gate is open.',
    labels: { part: '`product` or `leases`', code: 'as in docs/errors.md: `schema_behind` …', database },
  },
  plimsoll_gate_closed_timestamp_seconds: {
    type: 'gauge',
    help: 'Since when the gate is closed; absent while it is open.',
  },
  plimsoll_schema_version: {
    type: 'gauge',
    help: 'Schema version of a database: current (absent while it cannot be read) and required by this release.',
    labels: { database, kind: '`current` or `required`' },
  },
  plimsoll_schema_status: {
    type: 'gauge',
    help: '1 for the status a database has.',
    labels: { database, status: `\`ok\`, \`behind\`, \`ahead\`, \`unknown\`: ${status}` },
  },
  plimsoll_schema_problem: {
    type: 'gauge',
    help: '1 for each problem a database has; absent while it cannot be read.',
    labels: { database, problem: '`dirty`, `changed`, `unrecognised` or `drift`' },
  },
  plimsoll_schema_migrating: {
    type: 'gauge',
    help: '1 while a migrator is at work on a database; absent while it cannot be read.',
    labels: { database },
  },
  plimsoll_read_success: {
    type: 'gauge',
    help: '1 if the last attempt to read a part succeeded, 0 if not.',
    labels: {
      part: '`config`, `results`, `jobs` (the ledgers), `backup`, `scanners`, `queue`, `preflight`; no `backup` where none is configured',
    },
  },
  plimsoll_last_read_timestamp_seconds: {
    type: 'gauge',
    help: 'When a part was last read with success; absent if it never was.',
    labels: { part: 'as above' },
  },
  plimsoll_last_backup_status: {
    type: 'gauge',
    help: '1 for what is known of the newest bundle.',
    labels: { status: `\`ok\`, \`none\` (there is no bundle), \`unavailable\` (nobody can tell): ${status}` },
  },
  plimsoll_last_bundle_timestamp_seconds: {
    type: 'gauge',
    help: 'When the newest bundle was taken; absent without one, and while the backup service cannot be asked.',
  },
  plimsoll_last_bundle_age_seconds: { type: 'gauge', help: 'Seconds since then; absent on the same terms.' },
  plimsoll_last_proven_bundle_timestamp_seconds: {
    type: 'gauge',
    help: 'When the newest proven bundle was taken; absent without one, and while the backup service cannot be asked.',
  },
  plimsoll_last_proven_bundle_age_seconds: { type: 'gauge', help: 'Seconds since then; absent on the same terms.' },
  plimsoll_last_proof_timestamp_seconds: {
    type: 'gauge',
    help: 'When any bundle last proved itself by a restore (without proof: when the oldest bundle was taken); absent without bundles, and while the backup service cannot be asked.',
  },
  plimsoll_bundle_max_age_seconds: {
    type: 'gauge',
    help: 'A newest bundle older than this is too old; absent while the backup service cannot be asked.',
  },
  plimsoll_last_take_success: {
    type: 'gauge',
    help: '1 if the newest attempt to take a bundle succeeded, 0 if it failed or was interrupted; absent before the first, after one that was cancelled, and while the backup service cannot be asked.',
  },
  plimsoll_last_take_timestamp_seconds: {
    type: 'gauge',
    help: 'When that attempt ended; absent on the same terms.',
  },
  plimsoll_preflight_status: {
    type: 'gauge',
    help: '1 for how the newest preflight ended; absent while the record cannot be read.',
    labels: { status: `\`pass\`, \`warn\`, \`fail\`, \`none\`: ${status}` },
  },
  plimsoll_preflight_timestamp_seconds: {
    type: 'gauge',
    help: 'When the newest preflight ran; absent without one.',
  },
  plimsoll_preflight_stale: {
    type: 'gauge',
    help: '1 when the newest preflight no longer describes this deployment; absent without one.',
  },
  plimsoll_preflight_checks: {
    type: 'gauge',
    help: 'Checks of the newest preflight; absent without one.',
    labels: { status: '`pass`, `warn`, `fail` or `skip`' },
  },
  plimsoll_queue_jobs_without_scanner: {
    type: 'gauge',
    help: 'Queued jobs (told up to 10000) that no scanner is eligible for; absent while that is not known.',
  },
  plimsoll_scanners: {
    type: 'gauge',
    help: 'Scanners registered, by whether this release speaks their protocol and whether they call; absent while they cannot be counted.',
    labels: { in_window: '`true` or `false`', online: '`true` or `false`' },
  },
  plimsoll_queue_jobs: {
    type: 'gauge',
    help: 'Jobs that have not ended; absent while they cannot be counted.',
    labels: {
      state: '`ready` for a scanner (told up to 100000), `waiting` for another attempt, `leased` to a scanner',
    },
  },
  plimsoll_queue_oldest_ready_seconds: {
    type: 'gauge',
    help: 'How long the job that is ready longest could have been given to a scanner; 0 if none is ready, absent while it cannot be read.',
  },
  plimsoll_lease_duration_seconds: {
    type: 'histogram',
    help: 'Time to take jobs off the queue and lease them to those who wait, for each time there were some.',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
  },
  plimsoll_job_wait_seconds: {
    type: 'histogram',
    help: 'How long a job that is leased now had waited for it.',
    buckets: [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 14_400],
  },
  plimsoll_http_request_duration_seconds: {
    type: 'histogram',
    help: 'Time from the first byte of a request to the last of its answer.',
    labels: { method: 'HTTP method', route: 'the pattern of its path', status: 'HTTP status' },
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3],
  },
  plimsoll_sign_ins_total: {
    type: 'counter',
    help: 'Sign-ins by method and outcome.',
    labels: { method: '`password`, `oidc` or `recovery`', outcome: '`accepted` or `refused`' },
  },
  plimsoll_audit_events_waiting: { type: 'gauge', help: 'Audit events not yet in the config database.' },
  plimsoll_history_changes_waiting: {
    type: 'gauge',
    help: 'Changes of the posture that this manager saw and has not written to the config database yet.',
  },
  plimsoll_notifications_waiting: {
    type: 'gauge',
    help: 'Messages not delivered yet; only the manager that speaks tells it, and each one while the config database is away.',
    labels: { channel: '`webhook` or `email`' },
  },
  plimsoll_notifications_total: {
    type: 'counter',
    help: 'Attempts to deliver a message, by what came of them.',
    labels: {
      channel: '`webhook` or `email`',
      outcome: '`delivered`, `failed` (it is tried again for three days) or `refused` (it is not)',
    },
  },
  plimsoll_notification_last_delivered_timestamp_seconds: {
    type: 'gauge',
    help: 'When this manager last delivered a message; absent if it never did.',
    labels: { channel: '`webhook` or `email`' },
  },
  plimsoll_directory_read_timestamp_seconds: {
    type: 'gauge',
    help: 'When users and tokens were last read; absent if never.',
  },
} as const satisfies MetricTable;
