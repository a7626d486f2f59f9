import type { Secret } from '../../base/index.ts';
import { openServer } from '../reload/server.ts';
import type { RestoreJournal } from './journal.ts';

/** Writes the restore into the audit trail that it brings back, once: what was accepted, by whom, from which bundle. */
export async function recordEvent(configUrl: Secret, journal: RestoreJournal): Promise<void> {
  await using session = await openServer('config', configUrl);
  const [table] = await session.query<{ there: boolean }>(
    "select pg_catalog.to_regclass('public.audit_events') is not null as there",
  );
  if (table?.there !== true) return;
  const { id, bundleId, bundleFrom, accepted, by, epoch } = journal;
  const details = JSON.stringify({ restore: id, bundle: bundleId, from: bundleFrom, epoch, ...accepted });
  await session.query(
    `insert into public.audit_events (actor, actor_method, action, subject, details)
     select $1, 'command', 'backup.restored', $2, $3::jsonb
      where not exists (select from public.audit_events where action = 'backup.restored' and details ->> 'restore' = $4)`,
    [by, bundleId, details, id],
  );
}
