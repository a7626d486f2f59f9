import { createBackupClient, explainFailure, type BackupServiceAddress } from '../../backups/client/index.ts';
import type { LatestBundle } from '../../contract/index.ts';
import { attempt, type Outcome, type ReadTerms } from '../outcome.ts';

/** Asks the backup service for its newest bundle and how it fares. */
export async function readLastBackup(address: BackupServiceAddress, terms: ReadTerms): Promise<Outcome<LatestBundle>> {
  const client = createBackupClient({ ...address, deadlineMs: terms.deadlineMs });
  return await attempt({
    terms,
    work: async () => await client.latest(),
    explain: (error) => explainFailure(error, address.url ?? ''),
  });
}
