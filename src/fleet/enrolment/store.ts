import type { Queryable } from '../../postgres/index.ts';

/** An enrolment token as administrators see it; the token itself is kept nowhere. */
export interface EnrolmentTokenRow {
  readonly id: string;
  readonly note: string;
  readonly madeBy: string;
  readonly madeAt: Date;
  readonly expiresAt: Date;
  readonly maxUses: number;
  readonly uses: number;
  readonly revokedAt: Date | null;
}

const columns = `id, note, made_by as "madeBy", made_at as "madeAt", expires_at as "expiresAt", max_uses as "maxUses", uses,
  revoked_at as "revokedAt"`;

/** Keeps a new token by its hash; nothing if it is there already, whatever has become of it. */
export async function insertEnrolmentToken(
  database: Queryable,
  token: { note: string; hash: Buffer; madeBy: string; validSeconds: number; maxUses: number },
): Promise<EnrolmentTokenRow[]> {
  return await database.query<EnrolmentTokenRow & Record<string, unknown>>(
    `insert into enrolment_tokens (note, token_hash, made_by, expires_at, max_uses)
     values ($1, $2, $3, now() + make_interval(secs => $4), $5)
     on conflict on constraint token_hash_of_enrolment_is_unique do nothing returning ${columns}`,
    [token.note, token.hash, token.madeBy, token.validSeconds, token.maxUses],
  );
}

/** Every token, newest first. */
export async function readEnrolmentTokens(database: Queryable): Promise<EnrolmentTokenRow[]> {
  return await database.query<EnrolmentTokenRow & Record<string, unknown>>(
    `select ${columns} from enrolment_tokens order by made_at desc, id limit 500`,
  );
}

/** Ends a token; false if there is none of this id. One that was revoked before keeps its time. */
export async function revokeEnrolmentToken(database: Queryable, id: string): Promise<boolean> {
  const rows = await database.query(
    'update enrolment_tokens set revoked_at = coalesce(revoked_at, now()) where id = $1 returning id',
    [id],
  );
  return rows.length > 0;
}

export interface NewScanner {
  readonly name: string;
  readonly binaryVersion: string;
  readonly protocolVersion: number;
  readonly credentialHash: Buffer;
}

/**
 * Spends one use of a token and adds the scanner, in one statement: of two scanners that come with the last use of a
 * token one waits for the other's row lock and then finds nothing left. Gives nothing if the token is not good.
 */
export async function spendTokenOnScanner(
  database: Queryable,
  tokenHash: Buffer,
  scanner: NewScanner,
): Promise<{ id: string }[]> {
  return await database.query<{ id: string }>(
    `with spent as (
       update enrolment_tokens set uses = uses + 1
       where token_hash = $1 and revoked_at is null and expires_at > now() and uses < max_uses
       returning id
     )
     insert into scanners (name, enrolled_with, credential_hash, binary_version, protocol_version)
     select $2, spent.id, $3, $4, $5 from spent
     returning id`,
    [tokenHash, scanner.name, scanner.credentialHash, scanner.binaryVersion, scanner.protocolVersion],
  );
}
