import { packageRoot } from '../manifest/index.ts';
import { checkRelease } from '../release/index.ts';
import { jsonOption, type Command } from './command.ts';
import { markOf, paint, writeJson } from './terminal.ts';

/** `plimsoll release check`: whether manifest, migrations, package version, changelog and published releases agree. */
export const command: Command = {
  summary: 'Prove that manifest, migrations, package version, changelog and the releases published before agree.',
  options: { ...jsonOption },
  exitCodes: { 0: 'they agree', 2: 'could not check', 3: 'they do not' },
  run: async ({ stdout, stderr, options }) => {
    const root = packageRoot();
    const problems = await checkRelease(root).catch((error: unknown) => {
      stderr.write(`plimsoll: the release under ${root} cannot be checked: ${String(error)}\n`);
      return undefined;
    });
    if (problems === undefined) return 2;
    if (options['json'] === true) writeJson(stdout, { problems });
    else if (problems.length === 0)
      stdout.write(
        `${markOf(stdout, 'good')} manifest, migrations, package version, changelog and published releases agree\n`,
      );
    for (const { code, message, remedy } of options['json'] === true ? [] : problems)
      stdout.write(`${markOf(stdout, 'bad')} ${message} [${code}]\n    ${paint(stdout, 'attention', `→ ${remedy}`)}\n`);
    return problems.length === 0 ? 0 : 3;
  },
};
