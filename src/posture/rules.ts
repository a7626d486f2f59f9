import type { ClosedPart, DatabasePosture, ProblemCode, ProtocolWindow } from '../contract/index.ts';
import { closingReason } from '../gate/index.ts';
import * as backup from './backup-rules.ts';
import type { PostureFacts } from './facts.ts';
import type { Finding, Rule } from './rule.ts';
import * as upgrade from './upgrade-rules.ts';

/** The verdict's table, worst first: a verdict lists its reasons in this order. docs/verdict.md explains each row. */
export const rules: readonly Rule[] = [
  { code: 'maintenance', severity: 'block', find: findMaintenance },
  { code: 'schema_unknown', severity: 'block', cannotTell: true, find: closedWith('schema_unknown') },
  { code: 'schema_dirty', severity: 'block', find: closedWith('schema_dirty') },
  { code: 'schema_ahead', severity: 'block', find: closedWith('schema_ahead') },
  { code: 'schema_behind', severity: 'block', find: closedWith('schema_behind') },
  { code: 'backup_unavailable', severity: 'warn', cannotTell: true, find: backup.findUnavailable },
  { code: 'scanners_unknown', severity: 'warn', cannotTell: true, find: findUnknownScanners },
  { code: 'queued_jobs_unknown', severity: 'warn', cannotTell: true, find: findUnknownQueue },
  { code: 'preflight_unknown', severity: 'warn', cannotTell: true, find: upgrade.findUnknownPreflight },
  { code: 'drift_unknown', severity: 'warn', cannotTell: true, find: findUnknownDrift },
  { code: 'schema_unrecognised', severity: 'warn', find: problemsWith('unrecognised') },
  { code: 'schema_changed', severity: 'warn', find: problemsWith('changed') },
  { code: 'schema_drift', severity: 'warn', find: problemsWith('drift') },
  { code: 'postgres_unsupported', severity: 'warn', find: findUnsupportedPostgres },
  { code: 'upgrade_blocked', severity: 'warn', find: upgrade.findBlocked },
  { code: 'upgrade_unacknowledged', severity: 'warn', find: upgrade.findUnacknowledged },
  { code: 'preflight_failed', severity: 'warn', find: upgrade.freshPreflight('fail', 'failed') },
  { code: 'preflight_warned', severity: 'warn', find: upgrade.freshPreflight('warn', 'passed with warnings') },
  { code: 'backup_none', severity: 'warn', find: backup.findNone },
  { code: 'backup_damaged', severity: 'warn', find: backup.findDamaged },
  { code: 'backup_failed', severity: 'warn', find: backup.findFailedTake },
  { code: 'backup_stale', severity: 'warn', find: backup.findStale },
  { code: 'backup_unproven', severity: 'warn', find: backup.findUnproven },
  { code: 'jobs_without_scanner', severity: 'warn', find: findStrandedJobs },
  { code: 'scanners_outside_window', severity: 'warn', find: findOutsiders },
  { code: 'schema_ahead_allowed', severity: 'info', find: findAllowedAhead },
  { code: 'migrating', severity: 'info', find: findMigrating },
  { code: 'drift_unchecked', severity: 'info', find: findUncheckedDrift },
  { code: 'preflight_stale', severity: 'info', find: upgrade.findStalePreflight },
  { code: 'backup_predates_migration', severity: 'info', find: backup.findBeforeMigration },
  { code: 'backup_unprovable', severity: 'info', find: backup.findUnprovable },
  { code: 'backup_key_unproven', severity: 'info', find: backup.findUnprovenKeys },
  { code: 'backup_not_configured', severity: 'info', find: backup.findNotConfigured },
  { code: 'preflight_missing', severity: 'info', find: upgrade.findMissingPreflight },
];

function perDatabase(facts: PostureFacts, find: (database: DatabasePosture) => readonly Finding[]): Finding[] {
  return facts.parts.databases.flatMap(find);
}

/** As the gate has it, once. */
function findMaintenance({ parts }: PostureFacts): Finding[] {
  const closed = parts.gate.closedParts.find(({ code }) => code === 'maintenance');
  return closed === undefined ? [] : [{ part: 'deployment', message: closed.message, remedy: closed.remedy }];
}

/** The gate's own rule; of an unreadable database it says what only a signed-in reader may see. */
function closedWith(code: ClosedPart['code']): Rule['find'] {
  return (facts) =>
    perDatabase(facts, (database) => {
      const reason = closingReason(database, facts.migratorCommand);
      if (reason?.code !== code) return [];
      const { name, error } = database;
      const isRead = error === null || error.code === 'not_read_yet';
      const message = isRead ? reason.message : `the schema of ${name} could not be read: ${error.message}`;
      return [{ part: name, message, remedy: reason.remedy }];
    });
}

function problemsWith(code: ProblemCode): Rule['find'] {
  return (facts) =>
    perDatabase(facts, ({ name, problems }) =>
      problems
        .filter((problem) => problem.code === code)
        .map(({ message, remedy }) => ({ part: name, message, remedy })),
    );
}

function findAllowedAhead(facts: PostureFacts): Finding[] {
  return perDatabase(facts, ({ name, status, current, required, aheadAllowed }) => {
    if (status !== 'ahead' || aheadAllowed !== true) return [];
    const message = `${name} is at schema ${current}, newer than the ${required} of this release, and lets it run: normal during a rolling upgrade`;
    return [{ part: name, message, remedy: '' }];
  });
}

function findMigrating(facts: PostureFacts): Finding[] {
  return perDatabase(facts, ({ name, migrating }) =>
    migrating ? [{ part: name, message: `a migrator is at work on ${name}`, remedy: '' }] : [],
  );
}

/** Where rights are missing, the migrator would not give them back: it opened its records to all when it made them. */
function findUnknownDrift({ uncheckedDrift, migratorCommand }: PostureFacts): Finding[] {
  return uncheckedDrift
    .filter(({ failure }) => failure !== null)
    .map(({ database, failure, message }) => ({
      part: database,
      message: `whether the schema of ${database} has drifted could not be found out: ${message}`,
      remedy:
        failure === 'database_permission_denied'
          ? `psql -d ${database} -c 'grant select on plimsoll.migration_run to public'`
          : `${migratorCommand} drift`,
    }));
}

function findUncheckedDrift({ uncheckedDrift, migratorCommand }: PostureFacts): Finding[] {
  return uncheckedDrift
    .filter(({ failure }) => failure === null)
    .map(({ database, message }) => ({
      part: database,
      message: `whether the schema of ${database} has drifted is not known: ${message}`,
      remedy: `${migratorCommand} drift`,
    }));
}

function findUnsupportedPostgres({ unsupportedPostgres }: PostureFacts): Finding[] {
  return unsupportedPostgres.map(({ database, major, accepted: { min, max } }) => ({
    part: database,
    message: `${database} runs on Postgres ${major}, this release accepts ${min} to ${max}`,
    remedy: '',
  }));
}

function findUnknownScanners({ parts: { scanners }, migratorCommand }: PostureFacts): Finding[] {
  if (scanners.status !== 'unknown') return [];
  const why = scanners.error?.message ?? 'no reason was given';
  return [
    { part: 'scanners', message: `the scanners could not be counted: ${why}`, remedy: `${migratorCommand} status` },
  ];
}

function findOutsiders({ parts: { scanners } }: PostureFacts): Finding[] {
  const { status, outsideWindow, total } = scanners;
  if (status !== 'ok' || outsideWindow === 0) return [];
  const range = rangeOf(scanners.window);
  const message = `${outsideWindow} of ${total} scanners speak${outsideWindow === 1 ? 's' : ''} a protocol outside ${range} and get${outsideWindow === 1 ? 's' : ''} no jobs until upgraded`;
  return [{ part: 'scanners', message, remedy: '' }];
}

function rangeOf({ min, max }: ProtocolWindow): string {
  return min === max ? `${min}` : `${min} to ${max}`;
}

/** A jobs database or a census that cannot be read is a reason of its own, which says all there is to say. */
function findUnknownQueue({ parts: { databases, scanners }, migratorCommand }: PostureFacts): Finding[] {
  const { status, error } = scanners.queuedJobs;
  const isTold =
    scanners.status === 'unknown' || databases.some((each) => each.name === 'jobs' && each.status === 'unknown');
  if (status !== 'unknown' || isTold) return [];
  const why = error?.message ?? 'no reason was given';
  const message = `whether queued jobs have a scanner that can take them is not known: ${why}`;
  return [{ part: 'queue', message, remedy: `${migratorCommand} status` }];
}

function findStrandedJobs({ parts: { scanners } }: PostureFacts): Finding[] {
  const { withoutScanner, more } = scanners.queuedJobs;
  if (withoutScanner === null || withoutScanner === 0) return [];
  const count = more ? `more than ${withoutScanner}` : `${withoutScanner}`;
  const jobs = withoutScanner === 1 ? '1 queued job has' : `${count} queued jobs have`;
  const message = `${jobs} no eligible scanner: none that speaks protocol ${rangeOf(scanners.window)} is online; start one where it is installed`;
  return [{ part: 'queue', message, remedy: 'plimsoll scanner' }];
}
