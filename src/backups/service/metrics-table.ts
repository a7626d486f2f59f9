import type { MetricTable } from '../../metrics/index.ts';

const kind = '`take`, `verify`, `prove` or `copy`';
const target = 'name of the target';

/** Every metric of the backup service. */
export const backupMetrics = {
  plimsoll_backup_build_info: {
    type: 'gauge',
    help: 'Always 1; the labels tell the release.',
    labels: { version: 'version of the release', image_sha: 'commit the container was deployed from, or `unknown`' },
  },
  plimsoll_backup_last_bundle_timestamp_seconds: {
    type: 'gauge',
    help: 'When the newest bundle that is whole was taken; absent without one.',
  },
  plimsoll_backup_last_bundle_age_seconds: { type: 'gauge', help: 'Seconds since then.' },
  plimsoll_backup_last_proven_timestamp_seconds: {
    type: 'gauge',
    help: 'When a bundle last proved itself by a restore; absent if none ever did.',
  },
  plimsoll_backup_last_proven_age_seconds: { type: 'gauge', help: 'Seconds since then.' },
  plimsoll_backup_last_bundle_bytes: { type: 'gauge', help: 'Size of the newest bundle that is whole.' },
  plimsoll_backup_bundles: {
    type: 'gauge',
    help: 'Bundles by what is known of them.',
    labels: { state: '`completed`, `verified`, `proven` or `damaged`' },
  },
  plimsoll_backup_max_age_seconds: { type: 'gauge', help: 'A newest bundle older than this is too old.' },
  plimsoll_backup_running: { type: 'gauge', help: '1 while a run is at work.' },
  plimsoll_backup_runs_total: {
    type: 'counter',
    help: 'Runs that ended since the start, by kind and result.',
    labels: { kind, result: '`succeeded`, `failed`, `cancelled` or `interrupted`' },
  },
  plimsoll_backup_run_duration_seconds: {
    type: 'histogram',
    help: 'How long the runs took that ended since the start.',
    labels: { kind },
    buckets: [1, 5, 15, 60, 300, 900, 3600, 10_800, 43_200],
  },
  plimsoll_backup_last_run_success: {
    type: 'gauge',
    help: '1 if the newest run of a kind succeeded, 0 if not; runs from before the start count.',
    labels: { kind },
  },
  plimsoll_backup_last_run_timestamp_seconds: {
    type: 'gauge',
    help: 'When the newest run of a kind ended.',
    labels: { kind },
  },
  plimsoll_backup_schedule_next_timestamp_seconds: {
    type: 'gauge',
    help: 'When a bundle is next taken or proven; absent without a schedule.',
    labels: { kind: '`take` or `prove`' },
  },
  plimsoll_backup_target_up: { type: 'gauge', help: '1 while a target can be read.', labels: { target } },
  plimsoll_backup_target_used_bytes: { type: 'gauge', help: 'Bytes of bundles on a target.', labels: { target } },
  plimsoll_backup_target_free_bytes: {
    type: 'gauge',
    help: 'Free bytes of a target that can tell.',
    labels: { target },
  },
  plimsoll_backup_target_missing_bundles: {
    type: 'gauge',
    help: 'Bundles that a target should have a copy of and has not; absent while that cannot be told.',
    labels: { target },
  },
} as const satisfies MetricTable;
