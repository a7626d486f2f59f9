import { createToken, parseRole } from '../accounts/index.ts';
import { jsonOption, positional, textOption, type Command } from './command.ts';
import { withConfigDatabase } from './config-database.ts';
import { writeJson } from './terminal.ts';
import { renderTime } from './times.ts';

/** `plimsoll token create`: makes an API token. */
export const command: Command = {
  summary: 'Make an API token and print it, once: only its hash is kept.',
  usage: 'plimsoll token create NAME --role ROLE [options]',
  options: {
    role: { type: 'string', value: 'ROLE', help: 'admin, auditor (reads every Admin page) or user (scans).' },
    expires: {
      type: 'string',
      value: 'DAYS',
      help: 'Days until it expires; without it the token is valid until revoked.',
    },
    ...jsonOption,
  },
  positionals: ['name'],
  run: async (context) => {
    const name = positional(context);
    const role = parseRole(textOption(context, 'role'));
    const days = textOption(context, 'expires');
    const expiresInDays = days === undefined ? null : Number(days);
    const made = await withConfigDatabase(context, async (by) => await createToken(by, { name, role, expiresInDays }));
    const token = made.text.reveal();
    if (context.options['json'] === true) {
      writeJson(context.stdout, { name, role, expiresAt: made.expiresAt, token });
      return 0;
    }
    context.stderr.write(
      `Made the token ${name} (${role}, expires ${renderTime(made.expiresAt, 'never')}). It is shown once:\n`,
    );
    context.stdout.write(`${token}\n`);
    return 0;
  },
};
