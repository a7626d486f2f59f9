import type { Clock } from '../../base/index.ts';
import { credentialPrefix } from '../../contract/index.ts';
import type { Database } from '../../postgres/index.ts';
import { createBatcher } from '../batcher.ts';
import { createBearer, hashBearer } from '../bearer.ts';
import { fleetError } from '../errors.ts';
import { offerNextCredential, promoteNextCredential, readCredentials, type CredentialRow } from './store.ts';

/** The scanner behind a credential. */
export interface Caller {
  readonly id: string;
  readonly name: string;
  readonly rotating: boolean;
}

export interface Credentials {
  /** Who a credential belongs to. Throws credential_invalid, credential_revoked. */
  authenticate(credential: string | undefined): Promise<Caller>;
  /** Makes the credential a rotation asks for; undefined when none is asked for. */
  rotate(caller: Caller): Promise<string | undefined>;
  /** Forgets what is known of a scanner, after it was changed. */
  forget(scannerId: string): void;
}

const trustedMs = 5000;
const mostRemembered = 50_000;
const mostAtOnce = 500;

/** Answers from memory for five seconds, so that polling costs nothing; a revocation is known everywhere after that. */
export function createCredentials(config: Database, clock: Clock): Credentials {
  const known = new Map<string, { readonly row: CredentialRow; readonly readAtMs: number }>();

  const find = createBatcher(async (hashes: readonly Buffer[]) => {
    const rows = await readCredentials(config, hashes);
    const byHash = new Map(rows.map((row) => [row.hash, row]));
    return hashes.map((hash) => byHash.get(hash.toString('hex')));
  }, mostAtOnce);

  async function lookUp(hash: Buffer): Promise<CredentialRow | undefined> {
    const key = hash.toString('hex');
    const remembered = known.get(key);
    if (remembered !== undefined && clock.now().getTime() - remembered.readAtMs < trustedMs) return remembered.row;
    const row = await find(hash);
    known.delete(key);
    if (row === undefined) return undefined;
    if (known.size >= mostRemembered) known.delete(known.keys().next().value ?? key);
    known.set(key, { row, readAtMs: clock.now().getTime() });
    return row;
  }

  function forget(scannerId: string): void {
    for (const [key, { row }] of known) if (row.id === scannerId) known.delete(key);
  }

  return {
    forget,
    authenticate: async (credential) => {
      const row = credential?.startsWith(credentialPrefix) ? await lookUp(hashBearer(credential)) : undefined;
      if (row === undefined) throw unknownCredential();
      if (row.revoked) throw revokedCredential(row.name);
      if (row.isNext) {
        await promoteNextCredential(config, row.id);
        forget(row.id);
      }
      return { id: row.id, name: row.name, rotating: row.rotating && !row.isNext };
    },
    rotate: async (caller) => {
      if (!caller.rotating) return undefined;
      const credential = createBearer(credentialPrefix);
      await offerNextCredential(config, caller.id, hashBearer(credential.reveal()));
      return credential.reveal();
    },
  };
}

function unknownCredential() {
  return fleetError('credential_invalid', {
    message: 'the scanner credential is missing or not known to this deployment',
    hint: 'Send it as `Authorization: Bearer pls_…`, or enrol again with a new enrolment token.',
  });
}

function revokedCredential(name: string) {
  return fleetError('credential_revoked', {
    message: `the scanner ${JSON.stringify(name)} was revoked by an administrator`,
    hint: 'Stop it, or enrol it anew with a new enrolment token.',
  });
}
