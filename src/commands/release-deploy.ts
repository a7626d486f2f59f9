import {
  deploy,
  deployError,
  findUnfinished,
  planDeploy,
  readStanding,
  resume,
  type DeployOutcome,
} from '../release/index.ts';
import { jsonOption, textOption, type Command, type CommandContext } from './command.ts';
import { confirmByTyping } from './confirm.ts';
import { projectOption, withDeployment, type Deployment } from './deploy-inputs.ts';
import { renderPlan, renderStanding } from './deploy-text.ts';
import { commandError } from './errors.ts';
import { migratorCommandOf } from './migrator-command.ts';
import { writeJson } from './terminal.ts';

/** `plimsoll release deploy`: a rolling upgrade of the deployment on this machine. */
export const command: Command = {
  summary: 'Deploy an image on this machine: preflight, backup, migrate, replace the managers one by one, verify.',
  optionalPositionals: ['image'],
  options: {
    'dry-run': { type: 'boolean', help: 'Print the plan; change and record nothing.' },
    yes: { type: 'boolean', help: 'Do not ask.' },
    acknowledge: { type: 'string', value: 'HASH', help: 'Handed to preflight: lets exactly these migrations pass.' },
    strict: { type: 'boolean', help: 'Handed to preflight: a warning is a failure.' },
    resume: { type: 'boolean', help: 'Go on with a deployment that was interrupted or stands still.' },
    status: { type: 'boolean', help: 'Show where the last deployment stands, and the ways out.' },
    ...projectOption,
    ...jsonOption,
  },
  settings: ['OPERATOR'],
  exitCodes: {
    0: 'deployed, and the posture is ok',
    4: 'deployed, and the posture asks for attention',
    1: 'a step failed, or it was stopped: it says where it stands and what goes on or back from there',
    3: 'refused: the preflight failed, another one is unfinished or at work, or it was not confirmed',
  },
  run: async (context) => {
    const [image] = context.positionals;
    const wish = wishOf(context, image);
    if (wish === 'status')
      return await withDeployment(
        context,
        { alone: false },
        async (deployment) => await showStatus(context, deployment),
      );
    const alone = context.options['dry-run'] !== true;
    return await withDeployment(context, { alone }, async (deployment) =>
      wish === 'resume' ? await goOn(context, deployment) : await deployImage(context, deployment, image ?? ''),
    );
  },
};

function wishOf({ options }: CommandContext, image: string | undefined): 'deploy' | 'resume' | 'status' {
  const wishes = [
    ...(image === undefined ? [] : ['deploy' as const]),
    ...(options['resume'] === true ? ['resume' as const] : []),
    ...(options['status'] === true ? ['status' as const] : []),
  ];
  const [wish] = wishes;
  if (wish !== undefined && wishes.length === 1) return wish;
  throw commandError('usage', {
    message: 'plimsoll release deploy takes one of IMAGE, --resume and --status',
    hint: 'Run `plimsoll release deploy --help` to see what it takes.',
  });
}

async function deployImage(context: CommandContext, deployment: Deployment, reference: string): Promise<number> {
  const plan = await planDeploy(deployment.worker, {
    reference,
    acknowledge: textOption(context, 'acknowledge'),
    strict: context.options['strict'] === true,
  });
  const dryRun = context.options['dry-run'] === true;
  if (dryRun && context.options['json'] === true) {
    const { from, to, managers } = plan.journal;
    writeJson(context.stdout, { dryRun, from, to, managers, migrations: plan.migrations });
    return 0;
  }
  const output = dryRun ? context.stdout : context.stderr;
  output.write(renderPlan(output, plan));
  if (dryRun) return 0;
  const { version } = plan.journal.to;
  if (context.options['yes'] !== true && !(await confirmByTyping(context, version))) throw notConfirmed(version);
  return await tellOutcome(context, deployment, await deploy(deployment.worker, plan));
}

async function goOn(context: CommandContext, deployment: Deployment): Promise<number> {
  const journal = await findUnfinished(deployment.worker);
  const acknowledge = textOption(context, 'acknowledge');
  const changes = acknowledge === undefined ? {} : { acknowledge };
  return await tellOutcome(context, deployment, await resume(deployment.worker, journal, changes));
}

async function showStatus(context: CommandContext, deployment: Deployment): Promise<number> {
  const [newest] = await deployment.observer.journals.list();
  if (newest !== undefined) return await tellOutcome(context, deployment, { journal: newest, error: null });
  if (context.options['json'] === true) writeJson(context.stdout, { standing: null });
  else context.stdout.write('Nothing was ever deployed from this folder.\n');
  return 0;
}

/** Says how a deployment or a rollback has ended, or where it stands; gives the exit code. */
export async function tellOutcome(
  context: CommandContext,
  deployment: Deployment,
  { journal, error }: DeployOutcome,
): Promise<number> {
  const standing = await readStanding(deployment.observer, journal);
  if (context.options['json'] === true) writeJson(context.stdout, { standing });
  else context.stdout.write(renderStanding(context.stdout, standing, migratorCommandOf(context)));
  if (error !== null) return error.exitCode;
  return journal.notes.length > 0 ? 4 : 0;
}

function notConfirmed(version: string): Error {
  return deployError('deploy_not_confirmed', {
    message: `the deployment of ${version} was not confirmed; nothing was changed`,
    hint: `Type ${version} when asked, or add \`--yes\`.`,
  });
}
