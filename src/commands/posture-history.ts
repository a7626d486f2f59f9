import { systemClock } from '../base/index.ts';
import { historyQuerySchema, type HistoryItem, type PostureHistory, type VerdictStatus } from '../contract/index.ts';
import { readHistory } from '../posture/index.ts';
import { jsonOption, textOption, type Command, type CommandContext } from './command.ts';
import { withConfigDatabase } from './config-database.ts';
import { commandError } from './errors.ts';
import { markOf, paint, writeJson, type Tone } from './terminal.ts';

/** `plimsoll posture history`: what changed of the posture, newest first. */
export const command: Command = {
  summary: 'Show what changed of the posture, when and by whom, and when nobody was watching; newest first.',
  options: {
    since: {
      type: 'string',
      value: 'TIME',
      help: 'Only from this date or time on, as in 2026-05-03 or 2026-05-03T12:00.',
    },
    until: { type: 'string', value: 'TIME', help: 'Only up to this date or time.' },
    limit: { type: 'string', value: 'N', help: 'How many entries at most, up to 200; default 50.' },
    before: { type: 'string', value: 'CURSOR', help: 'The page after the one that named this.' },
    ...jsonOption,
  },
  exitCodes: { 0: 'read', 2: 'the config database could not be read', 1: 'a time or the limit is none' },
  run: async (context) => {
    const query = queryOf(context);
    const now = systemClock.now();
    const history = await withConfigDatabase(context, async ({ database }) => await readHistory(database, query, now));
    if (context.options['json'] === true) writeJson(context.stdout, history);
    else context.stdout.write(`${render(context, history).join('\n')}\n`);
    return history.status === 'ok' ? 0 : 2;
  },
};

function queryOf(context: CommandContext) {
  const names = ['since', 'until', 'limit', 'before'] as const;
  const given = Object.fromEntries(
    names.flatMap((name) => {
      const value = textOption(context, name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const parsed = historyQuerySchema.safeParse(given);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw commandError('usage', {
    message: `--${issue?.path.join('.')}: ${issue?.message}`,
    hint: 'Run `plimsoll posture history --help` to see what it takes.',
  });
}

function render(context: CommandContext, { status, error, items, next }: PostureHistory): string[] {
  const { stdout } = context;
  if (status === 'unknown')
    return [`${markOf(stdout, 'bad')} the history could not be read: ${error?.message} [${error?.code}]`];
  if (items.length === 0) return ['Nothing has been recorded.'];
  const more = next === null ? [] : ['', `Older: plimsoll posture history --before ${next}`];
  return [...items.flatMap((item) => renderItem(context, item)), ...more];
}

const tones: Readonly<Record<VerdictStatus, Tone>> = {
  ok: 'good',
  ready: 'good',
  attention: 'attention',
  unknown: 'attention',
  stopped: 'bad',
};

function renderItem({ stdout }: CommandContext, item: HistoryItem): string[] {
  if (item.kind === 'gap') return [paint(stdout, 'attention', `${timeOf(item.to)}  ? ${item.message}`)];
  const from = `${item.appVersion} (${item.imageSha}) on ${item.host}${item.late ? ', written later' : ''}`;
  if (item.kind === 'deployment')
    return [`${timeOf(item.happenedAt)}  ${markOf(stdout, 'quiet')} ${item.headline}, by ${item.who}`];
  return [
    `${timeOf(item.happenedAt)}  ${markOf(stdout, tones[item.verdict])} ${item.headline}`,
    ...item.changes.map(({ message, who }) => `${' '.repeat(23)}${message}${who === null ? '' : `, by ${who}`}`),
    paint(stdout, 'quiet', `${' '.repeat(23)}seen by ${from}`),
  ];
}

function timeOf(instant: string): string {
  return `${instant.slice(0, 19).replace('T', ' ')}Z`;
}
