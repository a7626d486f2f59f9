import { changePassword, checkPassword } from '../accounts/index.ts';
import { shellWord } from '../base/index.ts';
import { jsonOption, positional, type Command } from './command.ts';
import { withConfigDatabase } from './config-database.ts';
import { passwordOption, readNewPassword } from './password-input.ts';
import { writeJson } from './terminal.ts';

/** `plimsoll user passwd`: sets a user's password. */
export const command: Command = {
  summary: "Set a user's password and end the user's sessions; asks for the password.",
  options: { ...passwordOption, ...jsonOption },
  positionals: ['name'],
  run: async (context) => {
    const username = positional(context);
    const password = await readNewPassword(context, { username, words: `user passwd ${shellWord(username)}` });
    checkPassword(password, username);
    await withConfigDatabase(context, async (by) => {
      await changePassword(by, { username, password });
    });
    if (context.options['json'] === true) writeJson(context.stdout, { username });
    else context.stdout.write(`Set the password of ${username}; sessions made before end within seconds.\n`);
    return 0;
  },
};
