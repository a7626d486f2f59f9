import { statusAnswer, type StatusAnswer } from './answers.ts';
import { ask } from './ask.ts';
import { abandon, newJournal, requireSame } from './begin.ts';
import type { DeployContext } from './context.ts';
import { deployError } from './errors.ts';
import type { DeployJournal } from './journal.ts';
import { carryOn, type DeployOutcome } from './run.ts';
import { isUnfinished, isUntouched } from './states.ts';

/** What going back would do. */
export type RollbackPlan =
  | { readonly way: 'begin' | 'go_on'; readonly journal: DeployJournal }
  /** The deployment has changed nothing: it is given up, and that is all. */
  | { readonly way: 'give_up'; readonly journal: DeployJournal };

/**
 * Plans to go back to the release before. Throws rollback_needs_restore when that no longer runs on the databases, which is for
 * it to say: its own image is asked, by the rules of its own gate; rollback_cannot_tell; deploy_nothing_to_roll_back.
 */
export async function planRollback(context: DeployContext): Promise<RollbackPlan> {
  const newest = (await context.journals.list()).find(({ state }) => state !== 'abandoned');
  if (newest?.kind === 'rollback' && isUnfinished(newest.state)) {
    await requireSame(context, newest.to);
    return { way: 'go_on', journal: newest };
  }
  if (newest?.kind !== 'deploy') throw nothing(newest);
  if (isUntouched(newest.state)) return { way: 'give_up', journal: newest };
  await requireSame(context, newest.from);
  await requireRuns(context, newest);
  const { from: to, to: from, managers, bundleId } = newest;
  const journal = newJournal(context, { kind: 'rollback', from, to, managers });
  return { way: 'begin', journal: { ...journal, bundleId } };
}

/** Carries it out. */
export async function rollBack(context: DeployContext, { way, journal }: RollbackPlan): Promise<DeployOutcome> {
  if (way === 'give_up') return { journal: await abandon(context, journal), error: null };
  return await carryOn(context, journal);
}

async function requireRuns(context: DeployContext, { from, bundleId }: DeployJournal): Promise<void> {
  const question = { image: from, part: 'migrator', words: ['status'], answer: statusAnswer } as const;
  const asked = await ask(context, question);
  if ('problem' in asked) throw cannotTell(from.version, asked.problem.message);
  const { databases } = asked.value;
  const unread = databases.find(({ status }) => status === 'unknown');
  if (unread !== undefined) throw cannotTell(from.version, `${unread.name}: ${unread.error?.message ?? 'not read'}`);
  const bars = databases.filter((database) => !runsOn(database));
  if (bars.length === 0) return;
  const found = bars.map(({ name, current, required }) => `${name} is at ${current}, it was made for ${required}`);
  const commands =
    bundleId === null
      ? []
      : [
          `\`${context.host.commandFor(from, 'operator', ['backup', 'restore', bundleId])}\``,
          '`plimsoll release rollback`',
        ];
  throw deployError('rollback_needs_restore', {
    message: `${from.version} no longer runs on the databases: ${found.join('; ')}`,
    hint:
      commands.length === 0
        ? 'Restore a bundle from before the migration (`docker compose run --rm operator backup list`), then run `plimsoll release rollback` again.'
        : `What was written since is lost with it: restore the bundle from before the migration with ${commands[0]}, then run ${commands[1]} again.`,
    details: { bundleId, databases: bars.map(({ name }) => name) },
  });
}

function runsOn({ status, aheadAllowed, problems }: StatusAnswer['databases'][number]): boolean {
  if (problems.some(({ code }) => code === 'dirty')) return false;
  return status === 'ok' || (status === 'ahead' && aheadAllowed === true);
}

function cannotTell(version: string, why: string): Error {
  return deployError('rollback_cannot_tell', {
    message: `whether ${version} runs on the databases as they are could not be read: ${why}`,
    hint: 'Mend what it says, then run `plimsoll release rollback` again.',
  });
}

function nothing(newest: DeployJournal | undefined): Error {
  return deployError('deploy_nothing_to_roll_back', {
    message:
      newest === undefined
        ? 'nothing was ever deployed from this folder'
        : `the last thing that was done is the rollback ${newest.id} to ${newest.to.version}`,
    hint: 'Name the image that is to be deployed: `plimsoll release deploy IMAGE`.',
  });
}
