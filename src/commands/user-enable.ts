import { setUserDisabled } from '../accounts/index.ts';
import { jsonOption, positional, type Command } from './command.ts';
import { withConfigDatabase } from './config-database.ts';
import { writeJson } from './terminal.ts';

/** `plimsoll user enable`: switches a user on again. */
export const command: Command = {
  summary: 'Switch a user on again.',
  options: { ...jsonOption },
  positionals: ['name'],
  run: async (context) => {
    const username = positional(context);
    await withConfigDatabase(context, async (by) => {
      await setUserDisabled(by, { username, disabled: false });
    });
    if (context.options['json'] === true) writeJson(context.stdout, { username, disabled: false });
    else context.stdout.write(`Switched ${username} on.\n`);
    return 0;
  },
};
