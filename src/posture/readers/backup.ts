import { createBackupClient, explainFailure, type BackupServiceAddress } from '../../backups/client/index.ts';
import type { BundleSummary } from '../../contract/index.ts';
import { attempt, type Outcome, type ReadTerms } from '../outcome.ts';

/** Asks the backup service for its newest bundle; null means that it has none. */
export async function readLastBackup(
  address: BackupServiceAddress,
  terms: ReadTerms,
): Promise<Outcome<BundleSummary | null>> {
  const client = createBackupClient({ ...address, deadlineMs: terms.deadlineMs });
  return await attempt({
    terms,
    work: async () => (await client.latest()).bundle,
    explain: (error) => explainFailure(error, address.url ?? ''),
  });
}
