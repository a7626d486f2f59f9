import type { Secret } from '../../base/index.ts';
import type { Manifest, ReleasePosture } from '../../contract/index.ts';
import { readCensus, summariseCensus } from '../../fleet/index.ts';
import type { PostgresClient } from '../../postgres/index.ts';
import { readRecordedRuns, type RecordedRuns } from '../../preflight/index.ts';
import type { Outcome, ReadTerms } from '../outcome.ts';
import { openRecords } from './records.ts';

/** The numbers of the scanner census. */
export type ScannerCounts = Pick<
  ReleasePosture['scanners'],
  'total' | 'inWindow' | 'outsideWindow' | 'outsideAsleep' | 'groups'
>;

/** What the config database records beside its schema: the scanner fleet and the preflight runs. */
export interface ConfigRecords {
  readScanners(): Promise<Outcome<ScannerCounts>>;
  readPreflight(): Promise<Outcome<RecordedRuns>>;
  close(): Promise<void>;
}

/**
 * Opens the records; connects when first read. A config database from before the fleet has no census, and one where
 * preflight never ran no record of it: honest empty answers.
 */
export function openConfigRecords(url: Secret, terms: ReadTerms, manifest: Manifest): ConfigRecords {
  const open = (applicationName: string) => openRecords({ name: 'config', url, applicationName, terms });
  const scanners = open('plimsoll-posture-scanners');
  const preflight = open('plimsoll-posture-preflight');
  return {
    readScanners: async () =>
      await scanners.read(async (client) => {
        const groups = (await relationExists(client, 'public.scanner_census')) ? await readCensus(client) : [];
        const { groups: judged, ...counts } = summariseCensus(groups, manifest.scannerProtocol);
        return { ...counts, groups: [...judged] };
      }),
    readPreflight: async () =>
      await preflight.read(async (client) => await readRecordedRuns(client, manifest.appVersion)),
    close: async () => {
      await Promise.all([scanners.close(), preflight.close()]);
    },
  };
}

async function relationExists(client: PostgresClient, name: string): Promise<boolean> {
  const found = await client.query<{ exists: boolean }>('select to_regclass($1) is not null as exists', [name]);
  return found.rows[0]?.exists === true;
}
