import * as fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  verdictSchema,
  type BackupFacts,
  type CandidateState,
  type DatabasePosture,
  type LastBackup,
  type MigrationCost,
  type Scanners,
} from '../contract/index.ts';
import type { PostureFacts } from './facts.ts';
import { backupFacts, bundle, candidate, facts } from './fixtures/facts.ts';
import { rules } from './rules.ts';
import { judge } from './verdict.ts';

const migrator = 'docker compose --profile migrate run --rm migrator';
const refused = { code: 'database_unreachable', message: 'jobs database (app@db:5432/jobs): connect ECONNREFUSED' };
const unreadable: Partial<DatabasePosture> = { status: 'unknown', current: null, error: refused, readAt: null };
const problem = (code: DatabasePosture['problems'][number]['code']): Partial<DatabasePosture> => ({
  problems: [{ code, message: `jobs: ${code} migration 3`, remedy: `mend ${code}` }],
});
const fine = facts().parts;
const backup = (change: Partial<LastBackup>): LastBackup => ({ ...fine.lastBackup, ...change });
const unavailable = (code: string, message: string): LastBackup =>
  backup({ status: 'unavailable', bundle: null, ageSeconds: null, error: { code, message }, service: null });
const service = (change: Partial<BackupFacts>): LastBackup => backup({ service: { ...backupFacts, ...change } });
const backupCommand = 'docker compose run --rm operator backup';
const scanners = (change: Partial<Scanners>): Scanners => ({ ...fine.scanners, ...change });
const unknownQueue: Scanners['queuedJobs'] = {
  status: 'unknown',
  total: null,
  more: false,
  withoutScanner: null,
  error: refused,
  readAt: null,
};

interface Row {
  readonly code: string;
  readonly given: PostureFacts;
  readonly status: string;
  readonly part: string;
  readonly message: string;
  readonly remedy: string;
}

const failedTake: BackupFacts['lastTake'] = {
  state: 'failed',
  startedAt: '2026-11-22T02:10:00.000Z',
  finishedAt: '2026-11-22T02:11:00.000Z',
  error: { code: 'target_full', message: 'no space left on /backups' },
};
const nowhereToProve = { code: 'prove_not_configured', message: 'BACKUP_PROVE_DATABASE_URL is not set' };
const restoring = {
  kind: 'restore',
  id: 'r1',
  message: 'a backup of 2026-11-22 16:30 UTC is being restored',
  since: '2026-11-22T17:20:00.000Z',
  by: 'ada',
} as const;

const dangerous: MigrationCost = {
  database: 'jobs',
  version: 6,
  name: 'split_leases',
  oldestCompatible: 5,
  effects: [],
  seconds: 40,
  secondsFrom: 'past',
  roomBytes: 0,
  dangers: ['leases can be neither read nor written for about 40 s'],
  unforeseen: [],
  findings: null,
  movesHorizon: false,
  summary: '',
  rehearsed: null,
};

const table: readonly Row[] = [
  {
    code: 'maintenance',
    given: facts({ maintenance: restoring }),
    status: 'stopped',
    part: 'deployment',
    message: restoring.message,
    remedy: 'docker compose run --rm operator backup restore --status',
  },
  {
    code: 'schema_unknown',
    given: facts({ databases: { jobs: unreadable } }),
    status: 'stopped',
    part: 'jobs',
    message: `the schema of jobs could not be read: ${refused.message}`,
    remedy: `${migrator} status`,
  },
  {
    code: 'schema_dirty',
    given: facts({ databases: { jobs: problem('dirty') } }),
    status: 'stopped',
    part: 'jobs',
    message: 'jobs is at schema 5 of 5, with an interrupted migration',
    remedy: 'mend dirty',
  },
  {
    code: 'schema_ahead',
    given: facts({ databases: { jobs: { status: 'ahead', current: 7, aheadAllowed: false } } }),
    status: 'stopped',
    part: 'jobs',
    message:
      'jobs is at schema 7, this release knows 5 and is too old to run on it; start the release that migrated it',
    remedy: `${migrator} history`,
  },
  {
    code: 'schema_behind',
    given: facts({ databases: { jobs: { status: 'behind', current: 4 } } }),
    status: 'stopped',
    part: 'jobs',
    message: 'jobs is at schema 4, this release needs 5',
    remedy: migrator,
  },
  {
    code: 'backup_unavailable',
    given: facts({ lastBackup: unavailable('backup_timeout', 'it did not answer within 1000 ms') }),
    status: 'unknown',
    part: 'backup',
    message: 'the last backup could not be asked for: it did not answer within 1000 ms',
    remedy: '',
  },
  {
    code: 'scanners_unknown',
    given: facts({ scanners: scanners({ status: 'unknown', error: refused }) }),
    status: 'unknown',
    part: 'scanners',
    message: `the scanners could not be counted: ${refused.message}`,
    remedy: `${migrator} status`,
  },
  {
    code: 'queued_jobs_unknown',
    given: facts({ scanners: scanners({ queuedJobs: unknownQueue }) }),
    status: 'unknown',
    part: 'queue',
    message: `whether queued jobs have a scanner that can take them is not known: ${refused.message}`,
    remedy: `${migrator} status`,
  },
  {
    code: 'preflight_unknown',
    given: facts({ preflight: null, preflightReading: { status: 'unknown', error: refused, readAt: null } }),
    status: 'unknown',
    part: 'preflight',
    message: `the preflight record could not be read: ${refused.message}`,
    remedy: `${migrator} status`,
  },
  {
    code: 'drift_unknown',
    given: facts({
      uncheckedDrift: [{ database: 'jobs', failure: 'database_timeout', message: 'no answer within 1000 ms' }],
    }),
    status: 'unknown',
    part: 'jobs',
    message: 'whether the schema of jobs has drifted could not be found out: no answer within 1000 ms',
    remedy: `${migrator} drift`,
  },
  ...(['unrecognised', 'changed', 'drift'] as const).map((code) => ({
    code: `schema_${code}`,
    given: facts({ databases: { jobs: problem(code) } }),
    status: 'attention',
    part: 'jobs',
    message: `jobs: ${code} migration 3`,
    remedy: `mend ${code}`,
  })),
  {
    code: 'postgres_unsupported',
    given: facts({ unsupportedPostgres: [{ database: 'jobs', major: 18, accepted: { min: 14, max: 17 } }] }),
    status: 'attention',
    part: 'jobs',
    message: 'jobs runs on Postgres 18, this release accepts 14 to 17',
    remedy: '',
  },
  {
    code: 'upgrade_blocked',
    given: facts({
      candidate: candidate(
        {},
        { state: 'blocked', obstacles: [{ part: 'release', message: '1.5.0 wants 1.4.2 first', remedy: '' }] },
      ),
    }),
    status: 'attention',
    part: 'release',
    message: '1.5.0 wants 1.4.2 first',
    remedy: '',
  },
  {
    code: 'upgrade_unacknowledged',
    given: facts({
      candidate: candidate(
        { status: 'fail' },
        { state: 'acknowledge', migrations: [dangerous], acknowledgement: { hash: '00ff', given: false } },
      ),
    }),
    status: 'attention',
    part: 'upgrade',
    message: '1 migration of 1.5.0 is dangerous and not acknowledged yet',
    remedy: `${migrator} preflight --acknowledge 00ff`,
  },
  {
    code: 'preflight_failed',
    given: facts({ candidate: candidate({ status: 'fail', counts: { pass: 5, warn: 1, fail: 2, skip: 0 } }) }),
    status: 'attention',
    part: 'preflight',
    message: 'the preflight for 1.5.0 failed (2 failed, 1 with a warning)',
    remedy: `${migrator} preflight`,
  },
  {
    code: 'preflight_warned',
    given: facts({ candidate: candidate({ status: 'warn', counts: { pass: 5, warn: 1, fail: 0, skip: 0 } }) }),
    status: 'attention',
    part: 'preflight',
    message: 'the preflight for 1.5.0 passed with warnings (0 failed, 1 with a warning)',
    remedy: `${migrator} preflight`,
  },
  {
    code: 'backup_none',
    given: facts({ lastBackup: backup({ status: 'none', bundle: null, ageSeconds: null }) }),
    status: 'attention',
    part: 'backup',
    message: 'the backup service has never taken a backup',
    remedy: `${backupCommand} take`,
  },
  {
    code: 'backup_damaged',
    given: facts({
      lastBackup: backup({ bundle: { ...bundle, state: 'damaged', damage: 'jobs.dump is 2 bytes too short' } }),
    }),
    status: 'attention',
    part: 'backup',
    message:
      'the last backup is damaged: jobs.dump is 2 bytes too short; the newest proven one is of 2026-11-22 at 16:30 UTC',
    remedy: `${backupCommand} take`,
  },
  {
    code: 'backup_failed',
    given: facts({ lastBackup: service({ lastTake: failedTake }) }),
    status: 'attention',
    part: 'backup',
    message: 'the backup begun on 2026-11-22 at 02:10 UTC failed: no space left on /backups',
    remedy: `${backupCommand} take`,
  },
  {
    code: 'backup_stale',
    given: facts({ lastBackup: backup({ bundle: { ...bundle, createdAt: '2026-11-21T15:29:59.000Z' } }) }),
    status: 'attention',
    part: 'backup',
    message: 'the last backup is older than the 26 hours allowed here; take a fresh one before you migrate',
    remedy: `${backupCommand} take`,
  },
  {
    code: 'backup_unproven',
    given: facts({ lastBackup: service({ unprovenSince: '2026-11-15T17:29:59.000Z' }) }),
    status: 'attention',
    part: 'backup',
    message: 'no backup was proven by a restore for more than 7 days',
    remedy: `${backupCommand} verify ${bundle.id} --prove`,
  },
  {
    code: 'jobs_without_scanner',
    given: facts({
      scanners: scanners({ queuedJobs: { ...fine.scanners.queuedJobs, total: 12, withoutScanner: 12 } }),
    }),
    status: 'attention',
    part: 'queue',
    message:
      '12 queued jobs have no eligible scanner: none that speaks protocol 1 to 2 is online; start one where it is installed',
    remedy: 'plimsoll scanner',
  },
  {
    code: 'scanners_outside_window',
    given: facts({ scanners: scanners({ inWindow: 2, outsideWindow: 1 }) }),
    status: 'attention',
    part: 'scanners',
    message: '1 of 3 scanners speaks a protocol outside 1 to 2 and gets no jobs until upgraded',
    remedy: '',
  },
  {
    code: 'schema_ahead_allowed',
    given: facts({ databases: { jobs: { status: 'ahead', current: 6, aheadAllowed: true } } }),
    status: 'ok',
    part: 'jobs',
    message: 'jobs is at schema 6, newer than the 5 of this release, and lets it run: normal during a rolling upgrade',
    remedy: '',
  },
  {
    code: 'migrating',
    given: facts({ databases: { jobs: { migrating: true } } }),
    status: 'ok',
    part: 'jobs',
    message: 'a migrator is at work on jobs',
    remedy: '',
  },
  {
    code: 'drift_unchecked',
    given: facts({ uncheckedDrift: [{ database: 'jobs', failure: null, message: 'no run has recorded it' }] }),
    status: 'ok',
    part: 'jobs',
    message: 'whether the schema of jobs has drifted is not known: no run has recorded it',
    remedy: `${migrator} drift`,
  },
  {
    code: 'preflight_stale',
    given: facts({ candidate: candidate({ stale: true, staleReasons: ['a scanner was enrolled since'] }) }),
    status: 'ok',
    part: 'preflight',
    message: 'the preflight for 1.5.0 no longer describes this deployment: a scanner was enrolled since',
    remedy: `${migrator} preflight`,
  },
  {
    code: 'backup_predates_migration',
    given: facts({
      lastBackup: backup({
        bundle: { ...bundle, appVersion: '1.3.0' },
        migratedSince: [
          { database: 'config', bundleVersion: 3, current: 5 },
          { database: 'jobs', bundleVersion: 4, current: 5 },
        ],
      }),
    }),
    status: 'ok',
    part: 'backup',
    message: 'migrated since the last backup: config from 3 to 5, jobs from 4 to 5; restored, it brings back 1.3.0',
    remedy: `${backupCommand} take`,
  },
  {
    code: 'backup_unprovable',
    given: facts({ lastBackup: service({ proveError: nowhereToProve, unprovenSince: '2026-01-01T00:00:00.000Z' }) }),
    status: 'ok',
    part: 'backup',
    message: 'backups cannot be proven here: BACKUP_PROVE_DATABASE_URL is not set',
    remedy: '',
  },
  {
    code: 'backup_key_unproven',
    given: facts({ lastBackup: service({ keys: [{ recipient: 'age1qqqqwwwweeee', provenAt: null, provenBy: '' }] }) }),
    status: 'ok',
    part: 'backup',
    message: 'nobody has shown yet to hold the private key of age1qqqqwwwweeee; Admin > Backups asks for it',
    remedy: '',
  },
  {
    code: 'backup_not_configured',
    given: facts({ lastBackup: unavailable('backup_not_configured', 'BACKUP_SERVICE_URL is not set') }),
    status: 'ok',
    part: 'backup',
    message: 'BACKUP_SERVICE_URL is not set',
    remedy: '',
  },
  {
    code: 'preflight_missing',
    given: facts({ preflight: null, preflightReading: { status: 'none', error: null, readAt: null } }),
    status: 'ok',
    part: 'preflight',
    message: 'no preflight has been recorded; it is run by an operator before an upgrade',
    remedy: '',
  },
];

test.each(table)('$code alone makes the verdict $status and gives its one reason', (row) => {
  const { code, given, status, part, message, remedy } = row;
  const verdict = judge(given);
  const severity = rules.find((rule) => rule.code === code)?.severity;
  expect(verdictSchema.parse(verdict)).toEqual(verdict);
  expect(verdict.status).toBe(status);
  expect(verdict.reasons).toEqual([{ code, severity, part, message, remedy }]);
});

test('every rule has its row in the table above and its line in docs/verdict.md, and neither has more', () => {
  const codes = rules.map(({ code }) => code);
  expect(table.map(({ code }) => code)).toEqual(codes);
  const page = readFileSync('docs/verdict.md', 'utf8');
  const documented = [...page.matchAll(/^\| `([a-z_]+)` +\| (block|warn|info) +\|/gm)].map((row) => [row[1], row[2]]);
  expect(documented).toEqual(rules.map(({ code, severity }) => [code, severity]));
});

test('severities never rise from one rule to the next, so that reasons come worst first', () => {
  const order = ['block', 'warn', 'info'];
  const ranks = rules.map(({ severity }) => order.indexOf(severity));
  expect(ranks).toEqual([...ranks].sort((left, right) => left - right));
});

test('several reasons come worst first, those of one kind in the order of the databases', () => {
  const verdict = judge(
    facts({
      databases: {
        config: problem('drift'),
        results: { status: 'behind', current: 3, migrating: true },
        jobs: unreadable,
      },
      lastBackup: unavailable('backup_unreachable', 'connect ECONNREFUSED'),
      preflight: null,
      preflightReading: { status: 'none', error: null, readAt: null },
    }),
  );
  expect(verdict.reasons.map(({ code, part }) => `${code} ${part}`)).toEqual([
    'schema_unknown jobs',
    'schema_behind results',
    'backup_unavailable backup',
    'schema_drift config',
    'migrating results',
    'preflight_missing preflight',
  ]);
  expect(verdict.status).toBe('stopped');
});

test.each([
  [
    'nothing was read yet',
    facts({
      databases: Object.fromEntries(
        ['config', 'results', 'jobs'].map((name) => [
          name,
          { status: 'unknown', current: null, error: { code: 'not_read_yet', message: 'not read yet' } },
        ]),
      ),
    }),
    'Stopped: the gate stays closed until the databases have been read.',
  ],
  [
    'one database closes the gate',
    facts({ databases: { jobs: { status: 'behind', current: 4 } } }),
    'Stopped, the gate is closed: jobs is at schema 4, this release needs 5.',
  ],
  [
    'several databases close the gate',
    facts({
      databases: { config: unreadable, results: { status: 'behind', current: 3 }, jobs: { status: 'behind' } },
    }),
    'Stopped, the gate is closed: config cannot be read; results and jobs are behind.',
  ],
  [
    'parts are unknown',
    facts({
      lastBackup: unavailable('backup_timeout', 'no answer'),
      scanners: scanners({ status: 'unknown', error: refused }),
    }),
    'Cannot tell: the last backup and the scanner fleet could not be read.',
  ],
  [
    'a live schema could not be compared',
    facts({ uncheckedDrift: [{ database: 'jobs', failure: 'database_timeout', message: 'no answer' }] }),
    'Cannot tell: the live schema of jobs could not be read.',
  ],
  [
    'one thing is to be done',
    facts({ databases: { jobs: problem('changed') } }),
    'Not yet, 1 thing to do: jobs: changed migration 3.',
  ],
  [
    'several things are to be done',
    facts({ databases: { jobs: problem('changed') }, scanners: scanners({ outsideWindow: 1, inWindow: 2 }) }),
    'Not yet, 2 things to do, first: jobs: changed migration 3.',
  ],
  [
    'the preflight of a newer release passed',
    facts({ candidate: candidate() }),
    'Ready to upgrade to 1.5.0: its preflight passed on 2026-11-22 at 17:00 UTC and nothing read since speaks against it.',
  ],
  ['all is well', facts(), 'Running well: config, results and jobs are fit for 1.4.0, and the gate is open.'],
])('the headline when %s names the evidence', (_, given, headline) => {
  expect(judge(given).headline).toBe(headline);
});

test.each<[CandidateState, string]>([
  ['migrating', 'ok'],
  ['unknown', 'ok'],
  ['blocked', 'ok'],
  ['migrated', 'ok'],
  ['stale', 'ok'],
  ['acknowledge', 'attention'],
  ['failed', 'ok'],
  ['warned', 'ok'],
  ['ready', 'ready'],
])('a candidate that is %s, with nothing else to say of it, makes the verdict %s', (state, status) => {
  expect(judge(facts({ candidate: candidate({}, { state }) })).status).toBe(status);
});

test('what forbids a candidate is not told again where a rule about the part has told it', () => {
  const [dirty] = problem('dirty').problems ?? [];
  const obstacles = [{ part: 'jobs', message: dirty?.message ?? '', remedy: '' }];
  const given = facts({
    databases: { jobs: problem('dirty') },
    candidate: candidate({}, { state: 'blocked', obstacles }),
  });
  expect(judge(given).reasons.map(({ code }) => code)).toEqual(['schema_dirty']);
});

test('a fresh deployment with no backup service configured runs well, and says so as information', () => {
  const verdict = judge(
    facts({
      lastBackup: unavailable('backup_not_configured', 'BACKUP_SERVICE_URL is not set'),
      scanners: scanners({ total: 0, inWindow: 0, groups: [] }),
      preflight: null,
      preflightReading: { status: 'none', error: null, readAt: null },
    }),
  );
  expect(verdict.status).toBe('ok');
  expect(verdict.reasons.map(({ code }) => code)).toEqual(['backup_not_configured', 'preflight_missing']);
});

test('jobs without a scanner are counted as far as they are, and one is told as one', () => {
  const stranded = (total: number, more: boolean) => {
    const queuedJobs = { ...fine.scanners.queuedJobs, total, more, withoutScanner: total };
    return judge(facts({ scanners: scanners({ queuedJobs }) })).reasons[0]?.message.split(':')[0];
  };
  expect(stranded(1, false)).toBe('1 queued job has no eligible scanner');
  expect(stranded(10_000, true)).toBe('more than 10000 queued jobs have no eligible scanner');
});

test('a fleet that cannot be counted is told once, not again as jobs that nobody can judge', () => {
  const unread = scanners({ status: 'unknown', error: refused, queuedJobs: unknownQueue });
  expect(judge(facts({ scanners: unread })).reasons.map(({ code }) => code)).toEqual(['scanners_unknown']);
});

test('a record of runs that may not be read is mended by a grant, which no migrator would make again', () => {
  const denied = { failure: 'database_permission_denied', message: 'permission denied for table migration_run' };
  const verdict = judge(facts({ uncheckedDrift: [{ database: 'results', ...denied }] }));
  expect(verdict.reasons[0]?.remedy).toBe("psql -d results -c 'grant select on plimsoll.migration_run to public'");
});

const databaseStates = fc.constantFrom<Partial<DatabasePosture>>(
  {},
  unreadable,
  { status: 'behind', current: 4 },
  { status: 'ahead', current: 6, aheadAllowed: true },
  { status: 'ahead', current: 6, aheadAllowed: false },
  problem('dirty'),
  problem('drift'),
  { migrating: true },
);
const anyFacts = fc
  .record({
    config: databaseStates,
    results: databaseStates,
    jobs: databaseStates,
    lastBackup: fc.constantFrom(
      fine.lastBackup,
      backup({ status: 'none', bundle: null, ageSeconds: null }),
      unavailable('backup_not_configured', 'not set'),
      unavailable('backup_timeout', 'no answer'),
    ),
    scanners: fc.constantFrom(
      fine.scanners,
      scanners({ status: 'unknown', error: refused }),
      scanners({ outsideWindow: 1 }),
      scanners({ queuedJobs: unknownQueue }),
      scanners({ queuedJobs: { ...fine.scanners.queuedJobs, total: 1, withoutScanner: 1 } }),
    ),
    upgrade: fc.constantFrom(null, candidate(), candidate({ stale: true }), candidate({ status: 'fail' })),
    preflightUnknown: fc.boolean(),
    driftFailure: fc.constantFrom(undefined, null, 'database_timeout'),
  })
  .map(({ config, results, jobs, lastBackup, scanners, upgrade, preflightUnknown, driftFailure }) =>
    facts({
      uncheckedDrift:
        driftFailure === undefined ? [] : [{ database: 'jobs', failure: driftFailure, message: 'not compared' }],
      databases: { config, results, jobs },
      lastBackup,
      scanners,
      candidate: preflightUnknown ? null : upgrade,
      preflightReading: preflightUnknown
        ? { status: 'unknown', error: refused, readAt: null }
        : { status: upgrade === null ? 'none' : 'ok', error: null, readAt: null },
    }),
  );

test('whatever was read, no verdict is ok or ready while a part it needs is unknown', () => {
  fc.assert(
    fc.property(anyFacts, (given) => {
      const { databases, lastBackup, scanners, preflightReading } = given.parts;
      const unknown =
        databases.some(({ status }) => status === 'unknown') ||
        (lastBackup.status === 'unavailable' && lastBackup.error?.code !== 'backup_not_configured') ||
        scanners.status === 'unknown' ||
        scanners.queuedJobs.status === 'unknown' ||
        preflightReading.status === 'unknown' ||
        given.uncheckedDrift.some(({ failure }) => failure !== null);
      const { status } = judge(given);
      if (unknown) expect(['stopped', 'unknown']).toContain(status);
      else expect(status).not.toBe('unknown');
    }),
  );
});

test('whatever was read, the verdict is stopped exactly when the gate is closed', () => {
  fc.assert(
    fc.property(anyFacts, (given) => {
      expect(judge(given).status === 'stopped').toBe(!given.parts.gate.open);
    }),
  );
});
