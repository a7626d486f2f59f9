import { revokeToken } from '../accounts/index.ts';
import { jsonOption, positional, type Command } from './command.ts';
import { withConfigDatabase } from './config-database.ts';
import { writeJson } from './terminal.ts';

/** `plimsoll token revoke`: revokes an API token. */
export const command: Command = {
  summary: 'Revoke an API token.',
  options: { ...jsonOption },
  positionals: ['name'],
  run: async (context) => {
    const name = positional(context);
    await withConfigDatabase(context, async (by) => {
      await revokeToken(by, { name });
    });
    if (context.options['json'] === true) writeJson(context.stdout, { name, revoked: true });
    else context.stdout.write(`Revoked the token ${name}; it is refused within seconds.\n`);
    return 0;
  },
};
