import { listUsers } from '../accounts/index.ts';
import { jsonOption, type Command } from './command.ts';
import { withConfigDatabase } from './config-database.ts';
import { renderTable, renderTime } from './table.ts';

export const command: Command = {
  summary: 'Lists the users.',
  options: { ...jsonOption },
  run: async (context) => {
    const users = await withConfigDatabase(context, async ({ database }) => await listUsers(database));
    if (context.options['json'] === true) {
      context.stdout.write(`${JSON.stringify({ users }, null, 2)}\n`);
      return 0;
    }
    const rows = users.map((user) => [
      user.username,
      user.role,
      user.disabled ? 'disabled' : 'active',
      renderTime(user.createdAt),
      renderTime(user.passwordChangedAt),
    ]);
    context.stdout.write(renderTable(['NAME', 'ROLE', 'STATE', 'CREATED', 'PASSWORD SET'], rows));
    return 0;
  },
};
