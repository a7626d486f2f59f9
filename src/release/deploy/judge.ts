import { preflightAnswer } from './answers.ts';
import { ask } from './ask.ts';
import type { DeployContext } from './context.ts';
import { deployError } from './errors.ts';
import type { DeployJournal } from './journal.ts';

/** Runs the preflight of the new image, which records it. Throws deploy_preflight_failed or deploy_preflight_not_run. */
export async function judge(context: DeployContext, { to, acknowledge, strict }: DeployJournal): Promise<void> {
  const words = ['preflight', ...(strict ? ['--strict'] : [])];
  if (acknowledge !== null) words.push('--acknowledge', acknowledge);
  const asked = await ask(context, { image: to, part: 'migrator', words, answer: preflightAnswer });
  if ('problem' in asked || asked.value.error !== null) {
    const { code, message, remedy } = 'problem' in asked ? asked.problem : (asked.value.error ?? nothing);
    throw deployError('deploy_preflight_not_run', {
      message: `the preflight of ${to.version} could not be run or recorded: ${message} [${code}]`,
      hint: remedy === '' ? 'Mend what it says, then run `plimsoll release deploy --resume`.' : remedy,
    });
  }
  const { status, checks } = asked.value;
  for (const { status: found, message, remedy } of checks)
    if (found === 'warn' || found === 'fail')
      context.report(`  ${found}: ${message}${remedy === '' ? '' : ` → ${remedy}`}`);
  const failed = checks.filter((check) => check.status === 'fail');
  if (status === 'fail')
    throw deployError('deploy_preflight_failed', {
      message: `the preflight of ${to.version} failed: ${(failed.length > 0 ? failed : checks.filter((check) => check.status === 'warn')).map(({ title, message }) => `${title}: ${message}`).join('; ')}`,
      hint:
        failed.find(({ remedy }) => remedy !== '')?.remedy ??
        'Mend what failed, then run `plimsoll release deploy --resume`.',
      details: { checks: failed },
    });
  context.report(`preflight of ${to.version}: ${status}`);
}

const nothing = { code: 'internal', message: '', remedy: '' };
