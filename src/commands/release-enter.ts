import { hostname } from 'node:os';
import { recordDeployment } from '../posture/index.ts';
import { jsonOption, textOption, type Command, type CommandContext } from './command.ts';
import { withConfigDatabase } from './config-database.ts';
import { commandError } from './errors.ts';
import { operatorOf } from './operator.ts';
import { markOf, writeJson } from './terminal.ts';

/** `plimsoll release enter`: who deployed what, for the history of the deployment. `release deploy` types it. */
export const command: Command = {
  summary: 'Write into the history of this deployment what was deployed; `release deploy` does it by itself.',
  options: {
    id: { type: 'string', value: 'UUID', help: 'Of the entry: the same one again writes nothing.' },
    at: { type: 'string', value: 'TIME', help: 'When it was done; default now.' },
    host: { type: 'string', value: 'NAME', help: 'Where it was typed; default this machine.' },
    release: { type: 'string', value: 'VERSION', help: 'The release that runs now.' },
    commit: { type: 'string', value: 'SHA', help: 'Its commit; default unknown.' },
    headline: { type: 'string', value: 'TEXT', help: 'One sentence, such as "deployed 1.1.0 in place of 1.0.0".' },
    bundle: { type: 'string', value: 'ID', help: 'The bundle that is the way back.' },
    ...jsonOption,
  },
  settings: ['CONFIG_DATABASE_URL', 'OPERATOR'],
  exitCodes: { 0: 'it is in the history', 1: 'the config database could not be written' },
  run: async (context) => {
    const deployment = {
      id: required(context, 'id'),
      happenedAt: instantOf(textOption(context, 'at')),
      host: textOption(context, 'host') ?? hostname(),
      appVersion: required(context, 'release'),
      imageSha: textOption(context, 'commit') ?? 'unknown',
      who: operatorOf(context),
      headline: required(context, 'headline'),
      details: { bundleId: textOption(context, 'bundle') ?? null },
    };
    await withConfigDatabase(context, async ({ database }) => await recordDeployment(database, deployment));
    if (context.options['json'] === true) writeJson(context.stdout, deployment);
    else context.stdout.write(`${markOf(context.stdout, 'good')} in the history: ${deployment.headline}\n`);
    return 0;
  },
};

function required(context: CommandContext, name: string): string {
  const value = textOption(context, name);
  if (value !== undefined && value !== '') return value;
  throw usage(`--${name} is missing`);
}

function instantOf(text: string | undefined): Date {
  const at = text === undefined ? new Date() : new Date(text);
  if (Number.isNaN(at.getTime()))
    throw usage(`--at takes a time such as 2026-11-23T04:00:00Z, found ${JSON.stringify(text)}`);
  return at;
}

function usage(message: string): Error {
  return commandError('usage', { message, hint: 'Run `plimsoll release enter --help` to see what it takes.' });
}
