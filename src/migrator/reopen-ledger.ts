import { ledgerGrantsSql, ledgerReadableSql } from './ledger-schema.ts';
import { tryLockAndReadLedger } from './ledger.ts';
import type { Session } from './session.ts';

/** Grants the rights to read the ledger again, under the migrator's lock; gives a sentence for the report. */
export async function reopenLedger({ client, target }: Session): Promise<string> {
  // Whoever does not own the ledger gets an error, or only a warning.
  await client.query(ledgerGrantsSql).catch(() => undefined);
  const { rows } = await client.query(`select ${ledgerReadableSql} as readable`);
  return rows[0]?.['readable'] === true
    ? 'not every role could read the ledger, as the manager must: that was granted again'
    : `not every role can read the ledger, and ${target.label} may not grant it: run the migrator with the role that owns it`;
}

/** The same for who does not have the lock yet; nothing while another migrator is at work, which sees to it. */
export async function reopenIdleLedger(session: Session): Promise<readonly string[]> {
  const { locked, reading } = await session.ask(() => tryLockAndReadLedger(session.client, session.target));
  return locked && !reading.readableByAll ? [await reopenLedger(session)] : [];
}
