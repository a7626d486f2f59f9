import { systemClock, type AppError, type Clock, type Secret } from '../../base/index.ts';
import type { Role } from '../../contract/index.ts';
import { sqlState, sqlStateOf, type Database } from '../../postgres/index.ts';
import { audit, change, named, type Administration } from '../change.ts';
import { accountError } from '../errors.ts';
import { insertToken, readTokenListing, revokeLiveToken, type TokenListing } from './store.ts';
import { createTokenText, hashToken } from './token.ts';

const longestDays = 3650;
const dayMs = 86_400_000;

/** Makes a token and gives its text, which is kept nowhere. Throws token_exists, token_name_invalid, token_expiry_invalid. */
export async function createToken(
  by: Administration,
  token: { readonly name: string; readonly role: Role; readonly expiresInDays: number | null },
): Promise<{ readonly text: Secret; readonly expiresAt: Date | null }> {
  checkTokenName(token.name);
  const expiresAt = expiryOf(token.expiresInDays, by.clock ?? systemClock);
  const text = createTokenText();
  const row = {
    name: token.name,
    hash: hashToken(text.reveal()),
    role: token.role,
    createdBy: by.actor.name,
    expiresAt,
  };
  await change(by.database, async (transaction) => {
    await insertToken(transaction, row).catch((error: unknown) => {
      throw sqlStateOf(error) === sqlState.uniqueViolation ? tokenExists(token.name) : error;
    });
    const details = { role: token.role, expiresAt: expiresAt?.toISOString() ?? null };
    await audit(transaction, by, { action: 'token.created', subject: token.name, details });
  });
  return { text, expiresAt };
}

/** Revokes the token in use under this name or with this id. Throws token_unknown. */
export async function revokeToken(
  by: Administration,
  which: { readonly name: string } | { readonly id: string },
): Promise<void> {
  await change(by.database, async (transaction) => {
    const name = await revokeLiveToken(transaction, which);
    if (name === undefined) throw tokenUnknown('name' in which ? which.name : which.id);
    await audit(transaction, by, { action: 'token.revoked', subject: name });
  });
}

/** Every token ever made, newest first. */
export async function listTokens(database: Database): Promise<TokenListing[]> {
  return await named(database, readTokenListing(database));
}

function checkTokenName(name: string): void {
  if (name.trim() !== '' && name.length <= 100) return;
  throw accountError('token_name_invalid', {
    message: `the token name ${JSON.stringify(name)} ${name.trim() === '' ? 'is blank' : `has ${name.length} characters, expected at most 100`}`,
    hint: 'Name the token after the program that will use it, as in `plimsoll token create monitoring --role auditor`.',
  });
}

function expiryOf(days: number | null, clock: Clock): Date | null {
  if (days === null) return null;
  if (Number.isInteger(days) && days >= 1 && days <= longestDays) return new Date(clock.now().getTime() + days * dayMs);
  throw accountError('token_expiry_invalid', {
    message: `the expiry is ${Number.isNaN(days) ? 'not a number' : `${days} days`}, expected a whole number of days from 1 to ${longestDays}`,
    hint: 'Say in how many days, as in `--expires 90`, or leave it out.',
  });
}

function tokenExists(name: string): AppError {
  return accountError('token_exists', {
    message: `a token called ${JSON.stringify(name)} is in use`,
    hint: 'Choose another name, or revoke that one first with `plimsoll token revoke NAME`.',
  });
}

function tokenUnknown(name: string): AppError {
  return accountError('token_unknown', {
    message: `no token called ${JSON.stringify(name)} is in use`,
    hint: 'Run `plimsoll token list` to see them all.',
  });
}
