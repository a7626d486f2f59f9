import { problemCodes, schemaStatuses, verdictStatuses, type ReleasePosture } from '../../contract/index.ts';
import { moment, oneOf, single, type Sample } from '../../metrics/index.ts';
import type { PostureSource } from '../../posture/index.ts';
import type { ManagerMeter } from './types.ts';

/** Verdict, gate, schemas and what could be read, from the posture of the moment. */
export function addPostureMetrics(meter: ManagerMeter, source: PostureSource): void {
  const posture = (): ReleasePosture => source.current().posture;
  meter.sample('plimsoll_build_info', () => {
    const { version, imageSha } = posture().app;
    return [{ labels: { version, image_sha: imageSha }, value: 1 }];
  });
  meter.sample('plimsoll_verdict', () => oneOf(verdictStatuses, posture().verdict.status));
  meter.sample('plimsoll_verdict_reason', () =>
    posture().verdict.reasons.map(({ code, severity, part }) => ({ labels: { code, severity, part }, value: 1 })),
  );
  meter.sample('plimsoll_posture_timestamp_seconds', () => moment(posture().generatedAt));
  addGateMetrics(meter, posture);
  addSchemaMetrics(meter, posture);
  meter.sample('plimsoll_read_success', () =>
    readingsOf(posture()).map(({ part, failed }) => ({ labels: { part }, value: failed ? 0 : 1 })),
  );
  meter.sample('plimsoll_last_read_timestamp_seconds', () =>
    readingsOf(posture()).flatMap(({ part, readAt }) => moment(readAt, { part })),
  );
  addPreflightMetrics(meter, posture);
}

function addGateMetrics(meter: ManagerMeter, posture: () => ReleasePosture): void {
  meter.sample('plimsoll_gate_open', () => single(posture().gate.open ? 1 : 0));
  meter.sample('plimsoll_gate_part_closed', () =>
    posture().gate.closedParts.map(({ part, code, database }) => ({ labels: { part, code, database }, value: 1 })),
  );
  meter.sample('plimsoll_gate_closed_timestamp_seconds', () =>
    moment(
      posture()
        .gate.closedParts.map(({ since }) => since)
        .sort()[0],
    ),
  );
}

function addSchemaMetrics(meter: ManagerMeter, posture: () => ReleasePosture): void {
  meter.sample('plimsoll_schema_version', () =>
    posture().databases.flatMap(({ name: database, current, required }) =>
      single(required, { database, kind: 'required' }).concat(single(current, { database, kind: 'current' })),
    ),
  );
  meter.sample('plimsoll_schema_status', () =>
    posture().databases.flatMap(({ name, status }) => oneOf(schemaStatuses, status, { database: name })),
  );
  const known = () => posture().databases.filter(({ status }) => status !== 'unknown');
  meter.sample('plimsoll_schema_problem', () =>
    known().flatMap(({ name: database, problems }) =>
      problemCodes.map((problem) => ({
        labels: { database, problem },
        value: problems.some(({ code }) => code === problem) ? 1 : 0,
      })),
    ),
  );
  meter.sample('plimsoll_schema_migrating', () =>
    known().map(({ name: database, migrating }) => ({ labels: { database }, value: migrating ? 1 : 0 })),
  );
}

interface PartReading {
  readonly part: string;
  readonly failed: boolean;
  readonly readAt: string | null;
}

function readingsOf({ databases, lastBackup, scanners, preflightReading }: ReleasePosture): PartReading[] {
  const { queuedJobs } = scanners;
  return [
    ...databases.map(({ name, status, readAt }) => ({ part: name, failed: status === 'unknown', readAt })),
    // Without a backup service there is nothing to read: a choice, not a failure.
    ...(lastBackup.error?.code === 'backup_not_configured'
      ? []
      : [{ part: 'backup', failed: lastBackup.status === 'unavailable', readAt: lastBackup.readAt }]),
    { part: 'scanners', failed: scanners.status === 'unknown', readAt: scanners.readAt },
    { part: 'queue', failed: queuedJobs.status === 'unknown', readAt: queuedJobs.readAt },
    { part: 'preflight', failed: preflightReading.status === 'unknown', readAt: preflightReading.readAt },
  ];
}

function addPreflightMetrics(meter: ManagerMeter, posture: () => ReleasePosture): void {
  const run = () => posture().preflight;
  meter.sample('plimsoll_preflight_status', () =>
    posture().preflightReading.status === 'unknown'
      ? []
      : oneOf(['pass', 'warn', 'fail', 'none'], run()?.status ?? 'none'),
  );
  meter.sample('plimsoll_preflight_timestamp_seconds', () => moment(run()?.ranAt));
  meter.sample('plimsoll_preflight_stale', () => single(staleness(run())));
  meter.sample('plimsoll_preflight_checks', (): Sample[] =>
    Object.entries(run()?.counts ?? {}).map(([status, value]) => ({ labels: { status }, value })),
  );
}

function staleness(run: ReleasePosture['preflight']): number | null {
  return run === null ? null : Number(run.stale);
}
