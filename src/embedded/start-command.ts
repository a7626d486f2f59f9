import { shellWord } from '../base/index.ts';

/** The command that starts the stack with these settings, to be pasted into a shell; one that is empty is left out. */
export function startCommand(settings: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(settings).flatMap(([name, value = '']) =>
    value === '' ? [] : [`${name}=${shellWord(value)}`],
  );
  return [...given, 'npm start'].join(' ');
}
