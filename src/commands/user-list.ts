import { listUsers } from '../accounts/index.ts';
import { jsonOption, type Command } from './command.ts';
import { withConfigDatabase } from './config-database.ts';
import { alignColumns, writeJson } from './terminal.ts';
import { renderTime } from './times.ts';

/** `plimsoll user list`: lists the users. */
export const command: Command = {
  summary: 'List the users.',
  options: { ...jsonOption },
  run: async (context) => {
    const users = await withConfigDatabase(context, async ({ database }) => await listUsers(database));
    if (context.options['json'] === true) {
      writeJson(context.stdout, { users });
      return 0;
    }
    const rows = users.map((user) => [
      user.username,
      user.role,
      user.disabled ? 'disabled' : 'active',
      renderTime(user.createdAt),
      renderTime(user.passwordChangedAt),
    ]);
    context.stdout.write(
      `${alignColumns([['NAME', 'ROLE', 'STATE', 'CREATED', 'PASSWORD SET'], ...rows]).join('\n')}\n`,
    );
    return 0;
  },
};
