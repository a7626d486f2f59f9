import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { makeFolders, systemClock, takeLockFile } from '../base/index.ts';
import { composeHost, deployError, imageVariable, openDeployJournals, type DeployContext } from '../release/index.ts';
import { textOption, type CommandContext, type OptionSpec } from './command.ts';
import { commandError } from './errors.ts';
import { operatorOf } from './operator.ts';

/** Where the deployment lies. */
export const projectOption = {
  project: { type: 'string', value: 'DIR', help: 'The folder of compose.yaml and .env; default the current one.' },
} as const satisfies Record<string, OptionSpec>;

/** The step budgets: a manager is ready within seconds, its image may have to be unpacked first. */
const patience = { readyMs: 120_000, settledMs: 5000, postureMs: 60_000, pollMs: 1000 };

/** What works on a deployment, and what looks at it: that goes on after the operator has stopped the other. */
export interface Deployment {
  readonly worker: DeployContext;
  readonly observer: DeployContext;
}

/** Works on the deployment in a folder; with `alone`, as the only one who does. */
export async function withDeployment(
  context: CommandContext,
  { alone }: { readonly alone: boolean },
  work: (deployment: Deployment) => Promise<number>,
): Promise<number> {
  if ((context.environment[imageVariable] ?? '') !== '') throw overridden();
  const folder = resolve(context.cwd, textOption(context, 'project') ?? '.');
  const records = join(folder, '.plimsoll');
  const stop = new AbortController();
  const interrupt = (): void => stop.abort(interrupted());
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  const release = alone ? await lock(records) : undefined;
  try {
    const by = operatorOf(context);
    const open = (signal: AbortSignal): DeployContext => ({
      host: composeHost({ folder, environment: context.environment, operator: by, signal }),
      journals: openDeployJournals(join(records, 'deployments')),
      clock: systemClock,
      by,
      machine: hostname(),
      patience,
      signal,
      report: (line) => void context.stderr.write(`${line}\n`),
    });
    return await work({ worker: open(stop.signal), observer: open(new AbortController().signal) });
  } finally {
    release?.();
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

async function lock(folder: string): Promise<() => void> {
  await makeFolders(folder, 0o700);
  const taken = await takeLockFile(join(folder, 'deploy.lock'));
  if (!('heldBy' in taken)) return () => taken.release();
  throw deployError('deploy_in_progress', {
    message: `process ${taken.heldBy} is at it`,
    hint: 'Wait for it; `plimsoll release deploy --status` shows how far it is.',
    details: { pid: taken.heldBy },
  });
}

function overridden(): Error {
  return deployError('deploy_image_overridden', {
    message: `${imageVariable} is set in this environment`,
    hint: `Type \`unset ${imageVariable}\`, then the command again; the image that is deployed stands in .env.`,
  });
}

function interrupted(): Error {
  return commandError('cancelled', {
    message: 'stopped by a signal',
    hint: 'Run `plimsoll release deploy --status` to see where it stands, and what goes on or back from there.',
  });
}
