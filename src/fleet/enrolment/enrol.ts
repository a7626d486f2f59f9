import type { Secret } from '../../base/index.ts';
import { credentialPrefix, enrolmentTokenPrefix, type EnrolAnswer, type EnrolRequest } from '../../contract/index.ts';
import type { ProtocolWindow } from '../../contract/index.ts';
import type { Database, Queryable } from '../../postgres/index.ts';
import { createBearer, hashBearer } from '../bearer.ts';
import { fleetError } from '../errors.ts';
import { isInWindow } from '../protocol/versions.ts';
import {
  insertEnrolmentToken,
  readEnrolmentTokens,
  revokeEnrolmentToken,
  spendTokenOnScanner,
  type EnrolmentTokenRow,
} from './store.ts';

/** Enrols a scanner that shows a good token, in or out of the window. Throws enrolment_token_invalid. */
export async function enrolScanner(
  { config, window }: { readonly config: Database; readonly window: ProtocolWindow },
  token: string,
  request: EnrolRequest,
): Promise<EnrolAnswer> {
  const credential = createBearer(credentialPrefix);
  const [scanner] = await spendTokenOnScanner(config, hashBearer(token), {
    ...request,
    credentialHash: hashBearer(credential.reveal()),
  });
  if (scanner === undefined) {
    throw fleetError('enrolment_token_invalid', {
      message: 'the enrolment token is unknown, expired, used up or revoked',
      hint: 'Ask an administrator for a new one: Admin > Scanners, or POST /api/admin/enrolment-tokens.',
    });
  }
  return {
    scannerId: scanner.id,
    credential: credential.reveal(),
    window,
    inWindow: isInWindow(window, request.protocolVersion),
  };
}

export interface NewEnrolmentToken {
  readonly note: string;
  readonly madeBy: string;
  readonly validSeconds: number;
  readonly maxUses: number;
}

/** Makes an enrolment token and gives its text, which is kept nowhere. */
export async function createEnrolmentToken(
  config: Queryable,
  token: NewEnrolmentToken,
): Promise<{ readonly text: Secret; readonly row: EnrolmentTokenRow }> {
  const text = createBearer(enrolmentTokenPrefix);
  const [row] = await insertEnrolmentToken(config, { ...token, hash: hashBearer(text.reveal()) });
  if (row === undefined) throw new TypeError('insert … returning gave no row');
  return { text, row };
}

/**
 * Takes in a token that was made elsewhere, once: one that is known already, used up or revoked, stays as it is and
 * gives undefined.
 */
export async function admitEnrolmentToken(
  config: Queryable,
  text: Secret,
  token: NewEnrolmentToken,
): Promise<EnrolmentTokenRow | undefined> {
  const [row] = await insertEnrolmentToken(config, { ...token, hash: hashBearer(text.reveal()) });
  return row;
}

/** Every enrolment token, newest first. */
export async function listEnrolmentTokens(config: Database): Promise<EnrolmentTokenRow[]> {
  return await readEnrolmentTokens(config);
}

/** Ends an enrolment token; scanners that enrolled with it stay. Throws enrolment_token_unknown. */
export async function endEnrolmentToken(config: Database, id: string): Promise<void> {
  if (await revokeEnrolmentToken(config, id)) return;
  throw fleetError('enrolment_token_unknown', {
    message: `there is no enrolment token ${id}`,
    hint: 'List them with GET /api/admin/enrolment-tokens.',
  });
}
