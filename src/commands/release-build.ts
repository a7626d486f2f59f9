import { packageRoot } from '../manifest/index.ts';
import { buildRelease } from '../release/index.ts';
import { jsonOption, textOption, type Command } from './command.ts';
import { markOf, writeJson } from './terminal.ts';

/** `plimsoll release build`: the image of this release, from exactly what is committed. */
export const command: Command = {
  summary: 'Build the image of this release from what is committed, with the commit stamped in.',
  options: {
    tag: { type: 'string', value: 'NAME', help: 'Name of the image; default plimsoll:<version>.' },
    'build-arg': {
      type: 'string',
      value: 'NAME=VALUE',
      help: 'Handed to docker build, such as PG_CLIENT_SOURCE=debian where only a mirror of Debian is reached.',
    },
    ...jsonOption,
  },
  exitCodes: {
    0: 'the image is there',
    1: 'git or docker failed',
    3: 'refused: changes that are not committed, no record, or a release that does not agree with itself or with those before',
  },
  run: async (context) => {
    const { stdout, stderr, environment } = context;
    const root = packageRoot();
    const onProgress = (text: string): void => void stderr.write(text);
    const [tag, buildArgument] = [textOption(context, 'tag'), textOption(context, 'build-arg')];
    const built = await buildRelease({ root, environment, onProgress, tag, buildArgument });
    if (context.options['json'] === true) writeJson(stdout, built);
    else
      stdout.write(
        `${markOf(stdout, 'good')} ${built.tag} is release ${built.version} of commit ${built.commit}\n    ${built.imageId}\n`,
      );
    return 0;
  },
};
