import { revokeToken } from '../accounts/index.ts';
import { jsonOption, positional, type Command } from './command.ts';
import { withConfigDatabase } from './config-database.ts';

export const command: Command = {
  summary: 'Revokes an API token.',
  options: { ...jsonOption },
  positionals: ['name'],
  run: async (context) => {
    const name = positional(context);
    await withConfigDatabase(context, async (by) => {
      await revokeToken(by, name);
    });
    context.stdout.write(
      context.options['json'] === true
        ? `${JSON.stringify({ name, revoked: true })}\n`
        : `Revoked the token ${name}; it is refused within seconds.\n`,
    );
    return 0;
  },
};
