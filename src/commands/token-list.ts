import { listTokens, type TokenListing } from '../accounts/index.ts';
import { jsonOption, type Command } from './command.ts';
import { withConfigDatabase } from './config-database.ts';
import { renderTable, renderTime } from './table.ts';

export const command: Command = {
  summary: 'Lists the API tokens, newest first; never the tokens themselves.',
  options: { ...jsonOption },
  run: async (context) => {
    const tokens = await withConfigDatabase(context, async ({ database }) => await listTokens(database));
    if (context.options['json'] === true) {
      context.stdout.write(`${JSON.stringify({ tokens }, null, 2)}\n`);
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
    ]);
    context.stdout.write(renderTable(['NAME', 'ROLE', 'STATE', 'CREATED', 'BY', 'EXPIRES'], rows));
    return 0;
  },
};

function stateOf(token: TokenListing, now: Date): string {
  if (token.revokedAt !== null) return 'revoked';
  return token.expiresAt !== null && token.expiresAt <= now ? 'expired' : 'live';
}
