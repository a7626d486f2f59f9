import type { Verdict, VerdictStatus } from '../contract/index.ts';
import { renderPosture } from '../posture/index.ts';
import { jsonOption, type Command, type CommandContext } from './command.ts';
import { commandError } from './errors.ts';
import { openPosture } from './posture-inputs.ts';

/** `plimsoll posture`: what the Release page shows, read by this process itself. */
export const command: Command = {
  summary: 'Show whether this deployment is fit to run and safe to upgrade.',
  options: {
    ...jsonOption,
    require: {
      type: 'string',
      value: 'ok|ready',
      help: 'What a pipeline insists on: ok (running well), or ready (an upgrade may be applied).',
    },
  },
  exitCodes: {
    0: 'the verdict is ok or ready; with --require ready, ready',
    2: 'cannot tell: a part that the verdict needs could not be read',
    3: 'the verdict is attention or stopped; with --require ready, anything else that was read',
    1: 'could not run: a setting, the manifest or a migration file is wrong',
  },
  run,
};

type Requirement = 'ok' | 'ready';

async function run(context: CommandContext): Promise<number> {
  const requirement = requirementOf(context.options['require']);
  const { posture } = await openPosture(context);
  try {
    const view = await posture.refresh();
    const colour = context.stdout.isTTY === true;
    context.stdout.write(
      context.options['json'] === true
        ? `${JSON.stringify(view.posture, null, 2)}\n`
        : renderPosture(view.posture, { colour }),
    );
    return exitCodeOf(view.posture.verdict, requirement);
  } finally {
    await posture.stop();
  }
}

function requirementOf(option: string | boolean | undefined): Requirement {
  if (option === undefined || option === 'ok') return 'ok';
  if (option === 'ready') return 'ready';
  throw commandError('usage', {
    message: `--require takes ok or ready, found ${JSON.stringify(option)}`,
    hint: 'Run `plimsoll posture --help` to see what it takes.',
  });
}

function exitCodeOf({ status }: Verdict, requirement: Requirement): number {
  const enough: readonly VerdictStatus[] = requirement === 'ready' ? ['ready'] : ['ok', 'ready'];
  if (enough.includes(status)) return 0;
  return status === 'unknown' ? 2 : 3;
}
