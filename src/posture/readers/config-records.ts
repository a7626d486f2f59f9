import type { Secret } from '../../base/index.ts';
import type { PreflightRun, ReleasePosture } from '../../contract/index.ts';
import { classifyPostgresError, createPool, targetOf, type PostgresPool } from '../../postgres/index.ts';
import { postureError } from '../errors.ts';
import { attempt, type Outcome, type ReadTerms } from '../outcome.ts';

/** The numbers of the scanner census. */
export type ScannerCounts = Pick<ReleasePosture['scanners'], 'total' | 'inWindow' | 'outsideWindow' | 'groups'>;

const emptyCensus: ScannerCounts = { total: 0, inWindow: 0, outsideWindow: 0, groups: [] };

/** What the config database records beside its schema: the scanner fleet and the preflight runs. */
export interface ConfigRecords {
  readScanners(): Promise<Outcome<ScannerCounts>>;
  /** Null: no run has been recorded. */
  readPreflight(): Promise<Outcome<PreflightRun | null>>;
  close(): Promise<void>;
}

/**
 * Opens the records; connects when first read. No migration of this release creates a fleet or preflight table, so
 * either there is none, which is an honest empty answer, or a newer release has made one that nobody here can read.
 */
export function openConfigRecords(url: Secret, terms: ReadTerms): ConfigRecords {
  const spec = { name: 'config', url, applicationName: 'plimsoll-posture-records', connectTimeoutMs: terms.deadlineMs };
  const pool = createPool({ ...spec, max: 2, statementTimeoutMs: terms.deadlineMs });
  const read = async <T>(work: () => Promise<T>): Promise<Outcome<T>> =>
    await attempt({ terms, work, explain: (error) => classifyPostgresError(error, targetOf(spec)) });
  return {
    readScanners: async () =>
      await read(async () => {
        if (await relationExists(pool, 'public.scanners')) throw unsupported('scanners_unsupported', 'a scanner fleet');
        return emptyCensus;
      }),
    readPreflight: async () =>
      await read(async () => {
        if (await relationExists(pool, 'plimsoll.preflight_run'))
          throw unsupported('preflight_unsupported', 'preflight runs');
        return null;
      }),
    close: async () => await pool.end(),
  };
}

async function relationExists(pool: PostgresPool, name: string): Promise<boolean> {
  const found = await pool.query<{ exists: boolean }>('select to_regclass($1) is not null as exists', [name]);
  return found.rows[0]?.exists === true;
}

function unsupported(code: 'scanners_unsupported' | 'preflight_unsupported', what: string): Error {
  return postureError(code, {
    message: `the config database holds ${what} of a newer release, which this one cannot read`,
    hint: 'Finish the upgrade: start the newer release everywhere.',
  });
}
