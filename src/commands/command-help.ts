import { settings, type SettingName } from '../settings/index.ts';
import { commonOptions, type Command } from './command.ts';

/** Stands above setting rows. */
export const settingsTitle = 'Settings (environment variables; secret ones also as NAME_FILE)';

/** `plimsoll COMMAND --help`. */
export function commandHelp(name: string, command: Command): string {
  const positionals = [
    ...(command.positionals ?? []).map((positional) => ` ${positional.toUpperCase()}`),
    ...(command.optionalPositionals ?? []).map((positional) => ` [${positional.toUpperCase()}]`),
  ].join('');
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
    ...(command.settings === undefined ? [] : ['', settingsTitle, ...settingRows(command.settings)]),
    ...(exits.length > 0 ? ['', 'Exit codes', ...exits] : []),
    '',
  ].join('\n');
}

/** One line a setting, with its default. */
export function settingRows(names: readonly SettingName[]): string[] {
  return names.map((name) => {
    const { help, defaultText } = settings[name];
    return row(name, `${help}${defaultText === undefined ? '' : ` [${defaultText}]`}`, 32);
  });
}

/** Two columns. */
export function row(left: string, right: string, width: number): string {
  return `  ${left.padEnd(width)} ${right}`;
}
