import { packageRoot } from '../manifest/index.ts';
import { recordRelease } from '../release/index.ts';
import { jsonOption, type Command } from './command.ts';
import { markOf, writeJson } from './terminal.ts';

/** `plimsoll release record`: what later releases are held against. */
export const command: Command = {
  summary: 'Write down what this release requires and contains; later releases are checked against it.',
  options: { ...jsonOption },
  exitCodes: {
    0: 'it is recorded',
    2: 'a record that is there cannot be read',
    3: 'refused: the release does not agree with itself or with those before, or was published already',
  },
  run: async ({ stdout, options }) => {
    const path = await recordRelease(packageRoot());
    if (options['json'] === true) writeJson(stdout, { path });
    else stdout.write(`${markOf(stdout, 'good')} ${path} is written: commit it, then run \`plimsoll release build\`\n`);
    return 0;
  },
};
