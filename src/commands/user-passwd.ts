import { changePassword, checkPassword } from '../accounts/index.ts';
import { jsonOption, positional, type Command } from './command.ts';
import { withConfigDatabase } from './config-database.ts';
import { passwordOption, readNewPassword } from './password-input.ts';

export const command: Command = {
  summary: "Sets a user's password and ends the user's sessions; asks for the password.",
  options: { ...passwordOption, ...jsonOption },
  positionals: ['name'],
  run: async (context) => {
    const username = positional(context);
    const password = await readNewPassword(context, username);
    checkPassword(password, username);
    await withConfigDatabase(context, async (by) => {
      await changePassword(by, { username, password });
    });
    context.stdout.write(
      context.options['json'] === true
        ? `${JSON.stringify({ username })}\n`
        : `Set the password of ${username}; sessions made before end within seconds.\n`,
    );
    return 0;
  },
};
