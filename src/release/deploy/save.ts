import { secondsBetween } from '../../base/index.ts';
import type { BundleEntry } from '../../contract/index.ts';
import { bundlesAnswer } from './answers.ts';
import { ask } from './ask.ts';
import type { DeployContext } from './context.ts';
import { deployError } from './errors.ts';
import type { DeployJournal } from './journal.ts';

/** An older one, of an earlier try, is no way back that anybody would want: what was written since would be lost. */
const freshSeconds = 900;
/** A bundle that somebody else was taking is not ours: then another one is taken. */
const attempts = 3;

/** Takes a bundle, pinned with a note that names the deployment, and gives its id. Throws deploy_backup_failed. */
export async function save(context: DeployContext, journal: DeployJournal): Promise<string> {
  let problem = 'the bundle is not in the list';
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const found = await findOwn(context, journal);
    if (typeof found === 'object') {
      context.report(`bundle ${found.id} is pinned as the way back`);
      return found.id;
    }
    problem = found ?? problem;
    const words = ['backup', 'take', '--reason', 'deploy', '--follow', '--pin', noteOf(journal), '--json'];
    const end = await context.host.run(journal.from, 'operator', words);
    if (end.code === 0) continue;
    throw failed(journal, sentenceOf(end.stdout) ?? end.stderr.trim().split('\n').at(-1) ?? '');
  }
  throw failed(journal, problem);
}

/** The note of a bundle's pin. */
function noteOf({ id, from, to }: DeployJournal): string {
  return `before the deployment ${id} of ${to.version}, from ${from.version}`;
}

/** The bundle of this deployment; a sentence when the list cannot be read; undefined: there is none yet. */
async function findOwn(context: DeployContext, journal: DeployJournal): Promise<BundleEntry | string | undefined> {
  const question = { image: journal.from, part: 'operator', words: ['backup', 'list'], answer: bundlesAnswer } as const;
  const asked = await ask(context, question);
  if ('problem' in asked) return asked.problem.message;
  const now = context.clock.now();
  return asked.value.bundles.find(
    ({ pin, state, createdAt }) =>
      pin?.note === noteOf(journal) && state !== 'damaged' && secondsBetween(new Date(createdAt), now) < freshSeconds,
  );
}

function sentenceOf(stdout: string): string | undefined {
  try {
    const { error } = JSON.parse(stdout) as { error?: { message?: string; code?: string } };
    return error === undefined ? undefined : `${error.message ?? ''} [${error.code ?? ''}]`;
  } catch {
    return undefined;
  }
}

function failed({ to }: DeployJournal, why: string): Error {
  return deployError('deploy_backup_failed', {
    message: `no bundle could be taken as the way back from ${to.version}: ${why}`,
    hint: 'Bring the backup service back (`docker compose up -d backup`), then run `plimsoll release deploy --resume`.',
  });
}
