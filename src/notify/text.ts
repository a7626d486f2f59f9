import type { Fact, Message } from './types.ts';

const marks: Readonly<Record<Message['severity'], string>> = {
  critical: 'CRITICAL',
  warning: 'Warning',
  info: 'Info',
  recovered: 'Recovered',
};

/** One line that says it all. */
export function subjectLine({ severity, headline, deployment }: Message): string {
  const line = `[Plimsoll ${deployment.host}] ${marks[severity]}: ${headline}`.replaceAll(/[\r\n\t]+/g, ' ');
  return line.length <= 200 ? line : `${line.slice(0, 199)}…`;
}

/** The message for people: what happened, since when, why, and what mends it. */
export function bodyText(message: Message): string {
  const { headline, since, at, reasons, deployment, type, id } = message;
  const lines = [
    headline.endsWith('.') ? headline : `${headline}.`,
    '',
    `Since:    ${since}`,
    `Told:     ${at}`,
    `Release:  ${deployment.appVersion} (${deployment.imageSha})`,
    `Told by:  ${deployment.host}`,
    ...(reasons.length === 0 ? [] : ['', 'Why, worst first:']),
    ...reasons.flatMap(linesOf),
    '',
    type === 'test'
      ? 'Sent by `plimsoll notify test`.'
      : 'Admin > Release shows it all; `plimsoll posture` the same in a terminal.',
    `Message:  ${id}`,
  ];
  return `${lines.join('\n')}\n`;
}

function linesOf({ part, code, message, remedy }: Fact): string[] {
  const line = `- ${part}: ${message} [${code}]`;
  return remedy === '' ? [line] : [line, `  → ${remedy}`];
}
