import { settings, type SettingName } from '../settings/index.ts';
import { row, settingRows, settingsTitle } from './command-help.ts';
import { registry } from './registry.ts';

/** `plimsoll --help`: every command (or those under one word) and every setting. */
export function programHelp(under?: string): string {
  const names = Object.keys(registry).filter((name) => under === undefined || name.startsWith(`${under} `));
  const commands = names.map((name) => row(`plimsoll ${name}`, registry[name]?.summary ?? '', 28));
  const lines = ['Usage: plimsoll COMMAND [options]', '', 'Commands', ...commands];
  if (under === undefined) lines.push('', settingsTitle, ...settingRows(Object.keys(settings) as SettingName[]));
  return `${lines.join('\n')}\n`;
}
