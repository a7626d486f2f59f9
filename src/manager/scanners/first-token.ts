import type { Logger } from 'pino';
import { insertAuditEvent } from '../../accounts/index.ts';
import { messageOf, withDeadline, type Secret } from '../../base/index.ts';
import { admitEnrolmentToken } from '../../fleet/index.ts';
import type { Database } from '../../postgres/index.ts';

export interface FirstTokenDeps {
  readonly config: Database;
  readonly log: Logger;
  readonly scannerToken: Secret | undefined;
}

const madeBy = 'manager';
const terms = { note: 'SCANNER_ENROLMENT_TOKEN', maxUses: 1, madeBy, validSeconds: 86_400 } as const;
const deadlineMs = 5000;

/**
 * Takes in the enrolment token that the manager was given, with its line in the audit log; any number of replicas may.
 * True when there is nothing left to do: taken in, known before, or none was given. False: the caller comes again.
 */
export async function admitFirstToken({ config, log, scannerToken }: FirstTokenDeps): Promise<boolean> {
  if (scannerToken === undefined) return true;
  try {
    await withDeadline(deadlineMs, async () => await admit(config, scannerToken));
    return true;
  } catch (error) {
    log.debug({ reason: messageOf(error) }, 'the enrolment token cannot be taken in yet');
    return false;
  }
}

async function admit(config: Database, token: Secret): Promise<void> {
  await config.transaction(async (transaction) => {
    const row = await admitEnrolmentToken(transaction, token, terms);
    if (row === undefined) return;
    await insertAuditEvent(transaction, {
      happenedAt: row.madeAt,
      actor: madeBy,
      actorMethod: 'system',
      action: 'enrolment_token.created',
      subject: row.id,
      details: { note: terms.note, maxUses: terms.maxUses, expiresAt: row.expiresAt.toISOString() },
      requestId: null,
    });
  });
}
