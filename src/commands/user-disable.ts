import { setUserDisabled } from '../accounts/index.ts';
import { jsonOption, positional, type Command } from './command.ts';
import { withConfigDatabase } from './config-database.ts';
import { writeJson } from './terminal.ts';

/** `plimsoll user disable`: switches a user off. */
export const command: Command = {
  summary: 'Switch a user off and end the sessions of that user.',
  options: { ...jsonOption },
  positionals: ['name'],
  run: async (context) => {
    const username = positional(context);
    await withConfigDatabase(context, async (by) => {
      await setUserDisabled(by, { username, disabled: true });
    });
    if (context.options['json'] === true) writeJson(context.stdout, { username, disabled: true });
    else context.stdout.write(`Switched ${username} off; sessions end within seconds.\n`);
    return 0;
  },
};
