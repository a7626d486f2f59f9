import type { PreflightCheck } from '../../contract/index.ts';
import { preflightAnswer } from './answers.ts';
import { ask } from './ask.ts';
import type { DeployContext } from './context.ts';
import { deployError } from './errors.ts';
import type { DeployJournal } from './journal.ts';
import { save } from './save.ts';

/** Checks whose failure a fresh bundle mends, such as after the last deployment, whose bundle is from before its migration. */
const mendedByBundle: ReadonlySet<string> = new Set([
  'backup_exists',
  'backup_age',
  'backup_verified',
  'backup_proven',
  'backup_schema',
]);

/**
 * Runs the preflight of the new image, which records it; where nothing but the bundle is wanting that comes next anyway, that is
 * taken first. Throws deploy_preflight_failed, deploy_preflight_not_run or deploy_backup_failed.
 */
export async function judge(context: DeployContext, journal: DeployJournal): Promise<void> {
  const first = await preflight(context, journal);
  const failed = failuresOf(first.checks);
  const wantsBundle = failed.length > 0 && failed.every(({ code }) => mendedByBundle.has(code));
  if (wantsBundle) await save(context, journal);
  const { status, checks } = wantsBundle ? await preflight(context, journal) : first;
  const { version } = journal.to;
  for (const { status: found, title, message, remedy } of checks)
    if (found === 'warn' || found === 'fail')
      context.report(`  ${found}: ${title}: ${message}${remedy === '' ? '' : ` → ${remedy}`}`);
  if (status === 'fail') throw refused(version, checks);
  context.report(`preflight of ${version}: ${status}`);
}

async function preflight(context: DeployContext, { to, acknowledge, strict }: DeployJournal) {
  const words = ['preflight', ...(strict ? ['--strict'] : [])];
  if (acknowledge !== null) words.push('--acknowledge', acknowledge);
  const asked = await ask(context, { image: to, part: 'migrator', words, answer: preflightAnswer });
  if ('problem' in asked) throw notRun(to.version, asked.problem);
  if (asked.value.error !== null) throw notRun(to.version, asked.value.error);
  return asked.value;
}

function failuresOf(checks: readonly PreflightCheck[]): PreflightCheck[] {
  return checks.filter(({ status }) => status === 'fail');
}

/** With `--strict` a warning may be all that there is. */
function refused(version: string, checks: readonly PreflightCheck[]): Error {
  const failed = failuresOf(checks);
  const bars = failed.length > 0 ? failed : checks.filter(({ status }) => status === 'warn');
  return deployError('deploy_preflight_failed', {
    message: `the preflight of ${version} failed: ${bars.map(({ title, message }) => `${title}: ${message}`).join('; ')}`,
    hint:
      bars.find(({ remedy }) => remedy !== '')?.remedy ??
      'Mend what failed, then run `plimsoll release deploy --resume`.',
    details: { checks: bars },
  });
}

function notRun(
  version: string,
  { code, message, remedy }: { readonly code: string; readonly message: string; readonly remedy: string },
): Error {
  return deployError('deploy_preflight_not_run', {
    message: `the preflight of ${version} could not be run or recorded: ${message} [${code}]`,
    hint: remedy === '' ? 'Mend what it says, then run `plimsoll release deploy --resume`.' : remedy,
  });
}
