import { migrateAnswer } from './answers.ts';
import { ask } from './ask.ts';
import type { DeployContext } from './context.ts';
import { deployError } from './errors.ts';
import type { DeployJournal } from './journal.ts';

/** Sets compose to the new image and runs its migrator. Throws deploy_migration_failed. */
export async function migrate(context: DeployContext, { to }: DeployJournal): Promise<void> {
  // Before the first migration: whoever types the migrator's line from now on, as its errors say, means the new one.
  await context.host.setImage(to);
  const question = { image: to, part: 'migrator', words: ['migrate'], answer: migrateAnswer } as const;
  const asked = await ask(context, question);
  if ('problem' in asked) throw failed(to.version, asked.problem.message, asked.problem.remedy);
  const stuck = asked.value.databases.filter(({ error }) => error !== null);
  const sentences = stuck.map(({ name, error }) => `${name}: ${error?.message ?? ''} [${error?.code ?? ''}]`);
  if (stuck.length > 0 || asked.code !== 0)
    throw failed(to.version, sentences.join('; '), stuck[0]?.error?.remedy ?? '');
  for (const { name, outcome, current } of asked.value.databases)
    context.report(`${name} is at ${current ?? 'an unknown version'} (${outcome})`);
}

function failed(version: string, why: string, remedy: string): Error {
  return deployError('deploy_migration_failed', {
    message: `the migrator of ${version} did not finish: ${why}`,
    hint: remedy === '' ? 'Mend what it says, then run `plimsoll release deploy --resume`.' : remedy,
  });
}
