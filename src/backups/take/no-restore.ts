import { hasCode, type Secret } from '../../base/index.ts';
import { maintenanceKey, maintenanceSchema } from '../../contract/index.ts';
import { classifyPostgresError, codeOf, sqlState, targetOf, type PostgresClient } from '../../postgres/index.ts';
import { isUnfinished, openJournals } from '../restore/index.ts';
import { takeError } from './errors.ts';

interface NoRestoreTerms {
  /** Of the config database. */
  readonly client: PostgresClient;
  readonly configUrl: Secret;
  /** BACKUP_DIR. */
  readonly folder: string;
}

/**
 * Throws `backup_restore_unfinished` while a restore is half-way that nobody is at work on: by the record that keeps the gate
 * closed, which every host sees, and by the journals of this one, where the database takes no record.
 */
export async function requireNoRestore({ client, configUrl, folder }: NoRestoreTerms): Promise<void> {
  const record = await readRecord(client, configUrl);
  if (record !== undefined) throw unfinished(record);
  const journals = await openJournals(folder)
    .list()
    // Which of them cannot be read is for the restore to say; it does not make a bundle any less whole.
    .catch((error: unknown) => {
      if (hasCode(error, 'restore_journal_unreadable')) return [];
      throw error;
    });
  const open = journals.find(({ state }) => isUnfinished(state));
  if (open !== undefined) throw unfinished({ id: open.id, since: open.startedAt, by: open.by });
}

interface Found {
  readonly id: string;
  readonly since: string;
  readonly by: string;
}

async function readRecord(client: PostgresClient, configUrl: Secret): Promise<Found | undefined> {
  try {
    const { rows } = await client.query<{ value: unknown }>('select value from public.settings where key = $1', [
      maintenanceKey,
    ]);
    const [row] = rows;
    if (row === undefined) return undefined;
    return maintenanceSchema.safeParse(row.value).data ?? { id: 'unknown', since: 'an unknown time', by: 'somebody' };
  } catch (error) {
    // A schema of before there were settings.
    if (codeOf(error) === sqlState.undefinedTable) return undefined;
    throw classifyPostgresError(error, targetOf({ name: 'config', url: configUrl }));
  }
}

function unfinished({ id, since, by }: Found): Error {
  return takeError('backup_restore_unfinished', {
    message: `the restore ${id}, begun ${since} by ${by}, is not at its end: a bundle taken now could hold databases of different moments`,
    hint: 'Go on with it by `plimsoll backup restore --resume`, or undo it by `plimsoll backup restore --back`.',
    details: { restore: id },
  });
}
