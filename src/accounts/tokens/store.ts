import type { Role } from '../../contract/index.ts';
import type { Queryable } from '../../postgres/index.ts';

/** A token that may be used now. */
export interface LiveToken {
  readonly hash: Buffer;
  readonly name: string;
  readonly role: Role;
  readonly expiresAt: Date | null;
}

export interface TokenListing {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  /** To the minute; null also when it was never noted. */
  readonly lastUsedAt: Date | null;
}

const live = 'revoked_at is null and (expires_at is null or expires_at > now())';
const columns = 'token_hash as hash, name, role, expires_at as "expiresAt"';

/** Every token that is neither revoked nor expired. */
export async function readLiveTokens(database: Queryable): Promise<LiveToken[]> {
  return await database.query<LiveToken>(`select ${columns} from api_tokens where ${live}`);
}

/** The live token with this hash; undefined if there is none. */
export async function readLiveToken(database: Queryable, hash: Buffer): Promise<LiveToken | undefined> {
  const [row] = await database.query<LiveToken>(`select ${columns} from api_tokens where token_hash = $1 and ${live}`, [
    hash,
  ]);
  return row;
}

/** Every token ever made, newest first. The last use by way of JSON: a config database from before that column is read too. */
export async function readTokenListing(database: Queryable): Promise<TokenListing[]> {
  return await database.query<TokenListing>(
    `select id, name, role, created_by as "createdBy", created_at as "createdAt", expires_at as "expiresAt",
            revoked_at as "revokedAt", (to_jsonb(t) ->> 'last_used_at')::timestamptz as "lastUsedAt"
       from api_tokens t order by created_at desc, id`,
  );
}

/** Notes that a token was used at that time, at most once a minute. */
export async function noteTokenUse(database: Queryable, hash: Buffer, usedAt: Date): Promise<void> {
  await database.query(
    `update api_tokens set last_used_at = $2
      where token_hash = $1 and (last_used_at is null or last_used_at < $2::timestamptz - interval '1 minute')`,
    [hash, usedAt],
  );
}

/** Adds a token; the name of a live one breaks the unique index. */
export async function insertToken(
  database: Queryable,
  token: {
    readonly name: string;
    readonly hash: Buffer;
    readonly role: Role;
    readonly createdBy: string;
    readonly expiresAt: Date | null;
  },
): Promise<void> {
  await database.query(
    'insert into api_tokens (name, token_hash, role, created_by, expires_at) values ($1, $2, $3, $4, $5)',
    [token.name, token.hash, token.role, token.createdBy, token.expiresAt],
  );
}

/** Revokes the token in use under this name, or with this id; gives its name, undefined if there is none. */
export async function revokeLiveToken(
  database: Queryable,
  which: { readonly name: string } | { readonly id: string },
): Promise<string | undefined> {
  const [column, value] = 'name' in which ? ['name', which.name] : ['id', which.id];
  const [row] = await database.query<{ name: string }>(
    `update api_tokens set revoked_at = now() where ${column} = $1 and revoked_at is null returning name`,
    [value],
  );
  return row?.name;
}
