import { setUserDisabled } from '../accounts/index.ts';
import { jsonOption, positional, type Command } from './command.ts';
import { withConfigDatabase } from './config-database.ts';

export const command: Command = {
  summary: 'Switches a user off and ends the sessions of that user.',
  options: { ...jsonOption },
  positionals: ['name'],
  run: async (context) => {
    const username = positional(context);
    await withConfigDatabase(context, async (by) => {
      await setUserDisabled(by, { username, disabled: true });
    });
    const disabled = true;
    context.stdout.write(
      context.options['json'] === true
        ? `${JSON.stringify({ username, disabled })}\n`
        : `Switched ${username} off; sessions end within seconds.\n`,
    );
    return 0;
  },
};
