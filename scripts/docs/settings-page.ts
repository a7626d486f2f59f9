import { settings } from '../../src/settings/index.ts';

/** docs/settings.md: the one table of all settings. */
export function settingsPage(): string {
  const rows = Object.entries(settings).map(([name, setting]) => {
    const fallback = setting.defaultText === undefined ? '–' : `\`${setting.defaultText}\``;
    const kind = setting.kind.replaceAll('|', String.raw`\|`);
    return `| \`${name}\` | ${kind} | ${fallback} | ${setting.secret ? 'yes' : 'no'} | ${setting.help} |`;
  });
  return [
    '# Settings',
    '',
    'All settings are environment variables. A malformed one stops the program and is named together with every other problem; it never falls back to its default.',
    'A secret can be given as `NAME_FILE` instead: the path of a file that holds it, the way Docker mounts secrets. Giving both is an error.',
    'This page is made from the sources by `node scripts/make-docs.ts`.',
    '',
    '| name | what it takes | default | secret | what it does |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}
