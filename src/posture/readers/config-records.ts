import type { Secret } from '../../base/index.ts';
import type { ProtocolWindow, ReleasePosture } from '../../contract/index.ts';
import { readCensus, summariseCensus } from '../../fleet/index.ts';
import { classifyPostgresError, targetOf, type PostgresClient } from '../../postgres/index.ts';
import { readLatestPreflight, type RecordedPreflight } from '../../preflight/index.ts';
import { attempt, type Outcome, type ReadTerms } from '../outcome.ts';
import { keepConnection } from './kept-connection.ts';

/** The numbers of the scanner census. */
export type ScannerCounts = Pick<ReleasePosture['scanners'], 'total' | 'inWindow' | 'outsideWindow' | 'groups'>;

/** What the config database records beside its schema: the scanner fleet and the preflight runs. */
export interface ConfigRecords {
  readScanners(): Promise<Outcome<ScannerCounts>>;
  /** Null: no run has been recorded. */
  readPreflight(): Promise<Outcome<RecordedPreflight | null>>;
  close(): Promise<void>;
}

/**
 * Opens the records; connects when first read. A config database from before the fleet has no census, and one where
 * preflight never ran no record of it: honest empty answers.
 */
export function openConfigRecords(url: Secret, terms: ReadTerms, window: ProtocolWindow): ConfigRecords {
  const scanners = openRecords('plimsoll-posture-scanners', url, terms);
  const preflight = openRecords('plimsoll-posture-preflight', url, terms);
  return {
    readScanners: async () =>
      await scanners.read(async (client) => {
        const groups = (await relationExists(client, 'public.scanner_census')) ? await readCensus(client) : [];
        const { total, inWindow, outsideWindow, groups: judged } = summariseCensus(groups, window);
        return { total, inWindow, outsideWindow, groups: [...judged] };
      }),
    readPreflight: async () => await preflight.read(readLatestPreflight),
    close: async () => {
      await Promise.all([scanners.close(), preflight.close()]);
    },
  };
}

/** A connection for one part of the records, so that a slow part delays no other. */
function openRecords(applicationName: string, url: Secret, terms: ReadTerms) {
  const spec = { name: 'config', url, applicationName, connectTimeoutMs: terms.deadlineMs };
  const setUpSql = `set statement_timeout = ${terms.deadlineMs}`;
  const connection = keepConnection({ ...spec, clock: terms.clock, setUpSql });
  return {
    read: async <T>(work: (client: PostgresClient) => Promise<T>): Promise<Outcome<T>> =>
      await attempt({
        terms,
        work: async (signal) => await connection.run(work, signal),
        explain: (error) => classifyPostgresError(error, targetOf(spec)),
      }),
    close: async () => await connection.close(),
  };
}

async function relationExists(client: PostgresClient, name: string): Promise<boolean> {
  const found = await client.query<{ exists: boolean }>('select to_regclass($1) is not null as exists', [name]);
  return found.rows[0]?.exists === true;
}
