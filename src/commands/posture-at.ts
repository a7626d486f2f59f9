import { systemClock } from '../base/index.ts';
import type { PostureAt } from '../contract/index.ts';
import { readPostureAt, renderPosture } from '../posture/index.ts';
import { jsonOption, positional, type Command, type CommandContext } from './command.ts';
import { withConfigDatabase } from './config-database.ts';
import { markOf, paint, writeJson } from './terminal.ts';

/** `plimsoll posture at TIME`: what the Release page showed then. */
export const command: Command = {
  summary: 'Show the posture as it was recorded last at or before a time.',
  positionals: ['time'],
  options: jsonOption,
  exitCodes: {
    0: 'shown',
    2: 'the config database, or the form of what was recorded, could not be read',
    3: 'nothing had been recorded by then',
    1: 'the time is none',
  },
  run: async (context) => {
    const now = systemClock.now();
    const time = positional(context);
    const at = await withConfigDatabase(context, async ({ database }) => await readPostureAt(database, time, now));
    if (context.options['json'] === true) writeJson(context.stdout, at);
    else context.stdout.write(`${render(context, at).join('\n')}\n`);
    if (at.status === 'unknown' || at.unreadable !== null) return 2;
    return at.entry === null ? 3 : 0;
  },
};

function render(
  { stdout }: CommandContext,
  { at, status, error, entry, posture, unreadable, ...around }: PostureAt,
): string[] {
  const time = timeOf(at);
  if (status === 'unknown')
    return [`${markOf(stdout, 'bad')} the history could not be read: ${error?.message} [${error?.code}]`];
  const gap = around.gap === null ? [] : [paint(stdout, 'attention', `? ${around.gap.message}`)];
  if (entry === null) return [`Nothing had been recorded by ${time}.`, ...gap];
  const until =
    around.nextChangeAt === null ? 'it has not changed since' : `it next changed ${timeOf(around.nextChangeAt)}`;
  return [
    `At ${time}, as recorded ${timeOf(entry.happenedAt)} on ${entry.host}; ${until}.`,
    ...gap,
    '',
    posture === null
      ? `${markOf(stdout, 'bad')} ${entry.headline}\n${unreadable ?? ''}`
      : renderPosture(posture, { colour: stdout.isTTY === true }).trimEnd(),
  ];
}

function timeOf(instant: string): string {
  return `${instant.slice(0, 19).replace('T', ' ')}Z`;
}
