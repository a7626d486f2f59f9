import { settings } from '../settings/index.ts';
import { commonOptions, type Command } from './command.ts';
import { registry } from './registry.ts';

/** `plimsoll --help`: every command (or those under one word) and every setting. */
export function programHelp(under?: string): string {
  const names = Object.keys(registry).filter((name) => under === undefined || name.startsWith(`${under} `));
  const commands = names.map((name) => row(`plimsoll ${name}`, registry[name]?.summary ?? '', 28));
  const lines = ['Usage: plimsoll COMMAND [options]', '', 'Commands', ...commands];
  if (under === undefined)
    lines.push('', 'Settings (environment variables; secret ones also as NAME_FILE)', ...settingRows());
  return `${lines.join('\n')}\n`;
}

/** `plimsoll COMMAND --help`. */
export function commandHelp(name: string, command: Command): string {
  const positionals = (command.positionals ?? []).map((positional) => ` ${positional.toUpperCase()}`).join('');
  const options = Object.entries({ ...command.options, ...commonOptions }).map(([option, spec]) =>
    row(`--${option}${spec.value === undefined ? '' : ` ${spec.value}`}`, spec.help, 22),
  );
  const exits = Object.entries(command.exitCodes ?? {}).map(([code, meaning]) => row(code, meaning, 5));
  return [
    `Usage: ${command.usage ?? `plimsoll ${name}${positionals} [options]`}`,
    '',
    command.summary,
    '',
    'Options',
    ...options,
    ...(exits.length > 0 ? ['', 'Exit codes', ...exits] : []),
    '',
  ].join('\n');
}

function settingRows(): string[] {
  return Object.entries(settings).map(([name, setting]) => {
    const fallback = setting.defaultText === undefined ? '' : ` [${setting.defaultText}]`;
    return row(name, `${setting.help}${fallback}`, 32);
  });
}

function row(left: string, right: string, width: number): string {
  return `  ${left.padEnd(width)} ${right}`;
}
