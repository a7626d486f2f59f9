import { addUser, checkPassword, parseRole } from '../accounts/index.ts';
import { shellWord } from '../base/index.ts';
import { jsonOption, positional, textOption, type Command } from './command.ts';
import { withConfigDatabase } from './config-database.ts';
import { passwordOption, readNewPassword } from './password-input.ts';
import { writeJson } from './terminal.ts';

/** `plimsoll user add`: adds a user. */
export const command: Command = {
  summary: 'Add a user; asks for the password.',
  usage: 'plimsoll user add NAME --role ROLE [options]',
  options: {
    role: { type: 'string', value: 'ROLE', help: 'admin, auditor (reads every Admin page) or user (scans).' },
    ...passwordOption,
    ...jsonOption,
  },
  positionals: ['name'],
  run: async (context) => {
    const username = positional(context);
    const role = parseRole(textOption(context, 'role'));
    const words = `user add ${shellWord(username)} --role ${role}`;
    const password = await readNewPassword(context, { username, words });
    checkPassword(password, username);
    await withConfigDatabase(context, async (by) => {
      await addUser(by, { username, password, role });
    });
    if (context.options['json'] === true) writeJson(context.stdout, { username, role });
    else context.stdout.write(`Added ${username} (${role}).\n`);
    return 0;
  },
};
