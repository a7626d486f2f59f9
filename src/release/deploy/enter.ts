import { z } from 'zod';
import { ask } from './ask.ts';
import type { DeployContext } from './context.ts';
import { deployError } from './errors.ts';
import type { DeployJournal } from './journal.ts';

/** Writes who deployed what into the history of the deployment; again changes nothing. Throws deploy_not_recorded. */
export async function enter(context: DeployContext, journal: DeployJournal): Promise<void> {
  const { kind, entryId, from, to, host, bundleId, history } = journal;
  const headline =
    kind === 'deploy'
      ? `deployed ${to.version} in place of ${from.version}`
      : `went back from ${from.version} to ${to.version}`;
  const words = ['release', 'enter', '--id', entryId, '--headline', headline, '--host', host];
  words.push('--release', to.version, '--commit', to.commit, '--at', history.at(-1)?.at ?? '');
  if (bundleId !== null) words.push('--bundle', bundleId);
  // The newer of the two images knows how, whichever way it went.
  const image = kind === 'deploy' ? to : from;
  const asked = await ask(context, { image, part: 'operator', words, answer: z.object({ id: z.string() }) });
  if (asked.code === 0) return;
  throw deployError('deploy_not_recorded', {
    message: `everything runs ${to.version}, and its history could not be written: ${'problem' in asked ? asked.problem.message : `it ended with ${asked.code}`}`,
    hint: `Mend what it says, then run \`plimsoll release ${kind === 'deploy' ? 'deploy --resume' : 'rollback'}\`.`,
  });
}
