import { postureOf } from '../../src/posture/history/fixtures.ts';
import type { EvidencePack } from '../../src/evidence/pack.ts';

const at = '2026-05-03T12:00:00.000Z';
const run = {
  run_id: 'run-1',
  ran_at: at,
  who: 'ada',
  host: 'ops',
  target_version: '1.5.0',
  status: 'warn',
  result: {
    checks: [{ code: 'ledger_clean', title: 'The ledgers are clean', status: 'warn', message: 'jobs differs' }],
  },
};

const digests: EvidencePack['digests'] = {
  manifest: {
    sha256: 'cc',
    content: {
      manifestVersion: 1,
      appVersion: '1.4.0',
      upgradableFrom: '>=1.0.0',
      databases: { config: { schemaVersion: 5 }, results: { schemaVersion: 5 }, jobs: { schemaVersion: 5 } },
      scannerProtocol: { min: 1, max: 2 },
      postgres: { min: 14, max: 18 },
    },
  },
  image: { commit: 'unknown' },
  migrationFiles: [{ path: 'migrations/jobs/0001_create_jobs.sql', sha256: 'bb' }],
};

/** A whole pack, changed as asked. */
export function packOf(change: Partial<EvidencePack> = {}): EvidencePack {
  return {
    format: 'plimsoll evidence 1',
    madeAt: at,
    madeBy: { who: 'grace', how: 'command', host: 'ops-laptop' },
    deploymentId: '0b6c3c1e-0000-4000-8000-000000000001',
    span: { since: '2026-04-03T12:00:00.000Z', until: at },
    unknown: [],
    before: postureOf({ databases: { jobs: { status: 'behind', required: 6 } } }),
    beforeRecordedAt: '2026-04-02T12:00:00.000Z',
    after: postureOf(),
    preflights: [run],
    rehearsals: [],
    migrations: [
      { database: 'config', rows: null },
      { database: 'results', rows: [] },
      {
        database: 'jobs',
        rows: [
          {
            version: 1,
            name: 'create_jobs',
            checksum: 'aa',
            startedAt: at,
            finishedAt: at,
            appliedBy: 'ada',
            appliedBySource: 'operator',
            appVersion: '1.4.0',
            imageSha: 'unknown',
            runId: 'r',
            oldestCompatible: 0,
            fileChecksum: 'bb',
          },
        ],
      },
    ],
    history: {
      items: [
        {
          kind: 'posture',
          id: '5f0c3c1e-0000-4000-8000-000000000001',
          happenedAt: at,
          recordedAt: at,
          late: true,
          host: 'manager-1',
          appVersion: '1.4.0',
          imageSha: 'unknown',
          verdict: 'ok',
          headline: 'Running well.',
          changes: [{ part: 'jobs', code: 'schema_moved', message: 'jobs moved from schema 5 to 6', who: 'ada' }],
        },
      ],
      gaps: [],
      complete: true,
    },
    digests,
    ...change,
  };
}
