import { expect, test } from 'vitest';
import type { ReleasePosture } from '../contract/index.ts';
import { bundle, candidate, facts, preflight, wayBack } from './fixtures/facts.ts';
import type { PostureFacts } from './facts.ts';
import { renderPosture } from './text.ts';
import { judge } from './verdict.ts';

function render(given: PostureFacts, change: Partial<ReleasePosture> = {}): string {
  return renderPosture({ ...given.parts, verdict: judge(given), ...change }, { colour: false });
}

const { queuedJobs } = facts().parts.scanners;
const record = {
  database: 'jobs',
  version: 5,
  name: 'create_scans',
  appliedAt: '2026-11-22T17:00:00.000Z',
  appliedBy: 'ada',
  appliedBySource: 'operator',
  durationMs: 12,
  appVersion: '1.4.0',
  imageSha: 'unknown',
  runId: 'r',
} as const;

test('a deployment in which all is well fits into a few aligned lines', () => {
  const older = { ...record, database: 'config', version: 4, name: 'a', durationMs: 3 } as const;
  expect(render(facts({ migrations: [record, older] }))).toBe(
    `Running well: config, results and jobs are fit for 1.4.0, and the gate is open.

Release      1.4.0, image unknown
Gate         open
Databases    config   ok  schema 5
             results  ok  schema 5
             jobs     ok  schema 5
Migrations   2026-11-22 17:00:00 UTC  jobs    0005_create_scans  12 ms  by ada
             2026-11-22 17:00:00 UTC  config  0004_a             3 ms   by ada
Last backup  2026-11-22 16:30:00 UTC (20261122T163000Z-1b2c3d4e), proven
             way back: to 1.4.0 with 20261122T163000Z-1b2c3d4e (proven), losing 60 min
Scanners     3 of 3 within protocol 1 to 2
             3 × 1.4.0  protocol 2  3 online
Queued jobs  none
Way back     you can go back to 1.3.0 or newer without a restore
Preflight    pass for 1.4.0, 2026-11-22 17:00:00 UTC by ada on ops-1
Upgrade      no newer release has been judged
`,
  );
});

test('reasons come first, each with the command to copy on a line of its own', () => {
  const text = render(
    facts({
      databases: {
        config: {
          status: 'behind',
          current: 3,
          migrating: true,
          pending: [
            { version: 4, name: 'b' },
            { version: 5, name: 'c' },
          ],
          problems: [{ code: 'changed', message: 'config: changed', remedy: 'mend it' }],
        },
        jobs: {
          status: 'unknown',
          current: null,
          error: { code: 'database_timeout', message: 'no answer' },
          lastKnown: { status: 'ok', current: 5, readAt: '2026-11-22T17:00:00.000Z' },
        },
      },
      lastBackup: {
        ...facts().parts.lastBackup,
        status: 'unavailable',
        bundle: null,
        ageSeconds: null,
        error: { code: 'backup_timeout', message: 'no answer' },
        readAt: null,
        lastKnown: { bundle, readAt: '2026-11-22T17:00:00.000Z' },
        service: null,
      },
      preflight: preflight({ stale: true }),
      candidate: candidate({ stale: true, staleReasons: ['jobs moved 5 → 6 after this run'] }),
    }),
  );
  expect(text).toBe(
    `Stopped, the gate is closed: jobs cannot be read; config is behind.

  block  jobs       the schema of jobs could not be read: no answer
                    → docker compose --profile migrate run --rm migrator status
  block  config     config is at schema 3, this release needs 5; a migrator is at work on it
                    → docker compose --profile migrate run --rm migrator
  warn   backup     the last backup could not be asked for: no answer
  warn   config     config: changed
                    → mend it
  info   config     a migrator is at work on config
  info   preflight  the preflight for 1.5.0 no longer describes this deployment: jobs moved 5 → 6 after this run
                    → docker compose --profile migrate run --rm migrator preflight

Release      1.4.0, image unknown
Gate         closed
Databases    config   behind   schema 3 of 5  a migrator is at work; pending 0004_b, 0005_c; changed
             results  ok       schema 5
             jobs     unknown  schema ? of 5  database_timeout, last known ok at 5 on 2026-11-22 17:00:00 UTC
Migrations   none read
Last backup  not known: backup_timeout, last known 2026-11-22 16:30:00 UTC
Scanners     3 of 3 within protocol 1 to 2
             3 × 1.4.0  protocol 2  3 online
Queued jobs  none
Way back     you can go back to 1.3.0 or newer without a restore
Preflight    pass for 1.5.0, 2026-11-22 17:00:00 UTC by ada on ops-1, out of date
Upgrade      1.5.0, image unknown: its preflight no longer holds
             ! jobs moved 5 → 6 after this run
             config   schema 5, nothing to do
             results  schema 5, nothing to do
             jobs     schema 5 → 6
             scanners: 0 of 3 outside protocol 1 to 3
             next: Migrate, from the image of 1.5.0.
             → docker compose --profile migrate run --rm migrator
`,
  );
});

test('only the five newest migrations are shown, and that there are more is said', () => {
  const migrations = Array.from({ length: 9 }, (_, index) => ({ ...record, version: 9 - index }));
  const lines = render(facts({ migrations })).split('\n');
  expect(lines.filter((line) => line.includes('create_scans'))).toHaveLength(5);
  expect(lines).toContain(
    '             newest 5 of 9; all: docker compose --profile migrate run --rm migrator history',
  );
  expect(render(facts({ migrations: migrations.slice(0, 5) }))).not.toContain('newest 5');
});

test.each([
  [
    'no backup yet',
    { lastBackup: { ...facts().parts.lastBackup, status: 'none', bundle: null } },
    'Last backup  never',
  ],
  [
    'no scanner yet',
    { scanners: { ...facts().parts.scanners, total: 0 } },
    'Scanners     none registered; this release speaks protocol 1 to 2',
  ],
  [
    'scanners that cannot be counted',
    { scanners: { ...facts().parts.scanners, status: 'unknown', error: { code: 'database_timeout', message: '' } } },
    'Scanners     not known: database_timeout',
  ],
  [
    'scanners that will come back outside',
    { scanners: { ...facts().parts.scanners, inWindow: 1, outsideWindow: 2, outsideAsleep: 2 } },
    '             2 outside and not online: they will come back outside',
  ],
  [
    'jobs that some scanner can take',
    { scanners: { ...facts().parts.scanners, queuedJobs: { ...queuedJobs, total: 10_000, more: true } } },
    'Queued jobs  more than 10000',
  ],
  [
    'jobs that no scanner can take',
    { scanners: { ...facts().parts.scanners, queuedJobs: { ...queuedJobs, total: 12, withoutScanner: 12 } } },
    'Queued jobs  12, none of them with an eligible scanner',
  ],
  [
    'a queue that cannot be read',
    {
      scanners: {
        ...facts().parts.scanners,
        queuedJobs: { ...queuedJobs, status: 'unknown', error: { code: 'database_timeout', message: '' } },
      },
    },
    'Queued jobs  not known: database_timeout',
  ],
  ['no preflight yet', { preflight: null }, 'Preflight    none recorded'],
  [
    'a preflight record that cannot be read',
    {
      preflight: null,
      preflightReading: { status: 'unknown', error: { code: 'database_timeout', message: '' }, readAt: null },
    },
    'Preflight    not known: database_timeout',
  ],
] satisfies [string, Partial<ReleasePosture>, string][])('%s is said in words', (_, change, line) => {
  expect(render(facts(), change).split('\n')).toContain(line);
});

test('a damaged backup from before a migration tells the older way back, and what it costs', () => {
  const { lastBackup } = facts().parts;
  const older = { bundleId: 'older', createdAt: '2026-11-20T17:00:00.000Z', appVersion: '1.3.0' };
  const text = render(
    facts({
      lastBackup: {
        ...lastBackup,
        bundle: { ...bundle, state: 'damaged', encrypted: true },
        migratedSince: [{ database: 'jobs', bundleVersion: 4, current: 5 }],
        waysBack: [
          { ...wayBack, ...older, fits: 'migrate' },
          { ...wayBack, ...older, createdAt: '2026-11-22T12:00:00.000Z', fits: 'newer_release' },
        ],
      },
    }),
  );
  expect(text).toContain(`
Last backup  2026-11-22 16:30:00 UTC (20261122T163000Z-1b2c3d4e), damaged, encrypted
             from before the last migration: jobs 4
             way back: to 1.3.0 with older (proven), losing 3 days; for this release run its migrator afterwards
             way back: to 1.3.0 with older (proven), losing 6 h; this release is too old to restore it
`);
});

test('a bundle that cannot be used is no way back', () => {
  const { lastBackup } = facts().parts;
  const text = render(facts({ lastBackup: { ...lastBackup, waysBack: [] } }));
  expect(text).toContain('\n             no way back\n');
});

test('on a terminal the headline has the colour of its verdict and nothing else is coloured', () => {
  const given = facts();
  const text = renderPosture({ ...given.parts, verdict: judge(given) }, { colour: true });
  expect(text.startsWith('\u001b[1m\u001b[32mRunning well')).toBe(true);
  expect(text.split('\n').slice(1).join('\n')).not.toContain('\u001b');
});
