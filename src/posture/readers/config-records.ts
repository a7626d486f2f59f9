import type { Secret } from '../../base/index.ts';
import type { PreflightRun, ProtocolWindow, ReleasePosture } from '../../contract/index.ts';
import { readCensus, summariseCensus } from '../../fleet/index.ts';
import type { PostgresClient } from '../../postgres/index.ts';
import { postureError } from '../errors.ts';
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
  /** Null: no run has been recorded. */
  readPreflight(): Promise<Outcome<PreflightRun | null>>;
  close(): Promise<void>;
}

/**
 * Opens the records; connects when first read. A config database from before the fleet has no census: an honest empty
 * answer. No migration of this release creates a preflight table, so either there is none, which is one too, or a newer
 * release has made one that nobody here can read.
 */
export function openConfigRecords(url: Secret, terms: ReadTerms, window: ProtocolWindow): ConfigRecords {
  const open = (applicationName: string) => openRecords({ name: 'config', url, applicationName, terms });
  const scanners = open('plimsoll-posture-scanners');
  const preflight = open('plimsoll-posture-preflight');
  return {
    readScanners: async () =>
      await scanners.read(async (client) => {
        const groups = (await relationExists(client, 'public.scanner_census')) ? await readCensus(client) : [];
        const { groups: judged, ...counts } = summariseCensus(groups, window);
        return { ...counts, groups: [...judged] };
      }),
    readPreflight: async () =>
      await preflight.read(async (client) => {
        if (await relationExists(client, 'plimsoll.preflight_run')) throw unsupported('preflight runs');
        return null;
      }),
    close: async () => {
      await Promise.all([scanners.close(), preflight.close()]);
    },
  };
}

async function relationExists(client: PostgresClient, name: string): Promise<boolean> {
  const found = await client.query<{ exists: boolean }>('select to_regclass($1) is not null as exists', [name]);
  return found.rows[0]?.exists === true;
}

function unsupported(what: string): Error {
  return postureError('preflight_unsupported', {
    message: `the config database holds ${what} of a newer release, which this one cannot read`,
    hint: 'Finish the upgrade: start the newer release everywhere.',
  });
}
