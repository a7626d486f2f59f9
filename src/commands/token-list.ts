import { listTokens, type TokenListing } from '../accounts/index.ts';
import { jsonOption, type Command } from './command.ts';
import { withConfigDatabase } from './config-database.ts';
import { alignColumns, writeJson } from './terminal.ts';
import { renderTime } from './times.ts';

/** `plimsoll token list`: lists the API tokens. */
export const command: Command = {
  summary: 'List the API tokens, newest first; never the tokens themselves.',
  options: { ...jsonOption },
  run: async (context) => {
    const tokens = await withConfigDatabase(context, async ({ database }) => await listTokens(database));
    if (context.options['json'] === true) {
      writeJson(context.stdout, { tokens });
      return 0;
    }
    const now = new Date();
    const rows = tokens.map((token) => [
      token.name,
      token.role,
      stateOf(token, now),
      renderTime(token.createdAt),
      token.createdBy,
      renderTime(token.expiresAt, 'never'),
      renderTime(token.lastUsedAt, 'never'),
    ]);
    context.stdout.write(
      `${alignColumns([['NAME', 'ROLE', 'STATE', 'CREATED', 'BY', 'EXPIRES', 'LAST USED'], ...rows]).join('\n')}\n`,
    );
    return 0;
  },
};

function stateOf(token: TokenListing, now: Date): string {
  if (token.revokedAt !== null) return 'revoked';
  return token.expiresAt !== null && token.expiresAt <= now ? 'expired' : 'live';
}
