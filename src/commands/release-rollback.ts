import { deployError, planRollback, rollBack, type RollbackPlan } from '../release/index.ts';
import { jsonOption, type Command } from './command.ts';
import { confirmByTyping } from './confirm.ts';
import { projectOption, withDeployment } from './deploy-inputs.ts';
import { tellOutcome } from './release-deploy.ts';
import { writeJson } from './terminal.ts';

/** `plimsoll release rollback`: the image from before the last deployment, if it still runs on the databases. */
export const command: Command = {
  summary: 'Go back to the image from before the last deployment, or say which restore it takes.',
  options: {
    'dry-run': { type: 'boolean', help: 'Say whether and how it would go back; change nothing.' },
    yes: { type: 'boolean', help: 'Do not ask.' },
    ...projectOption,
    ...jsonOption,
  },
  settings: ['OPERATOR'],
  exitCodes: {
    0: 'the release before is back, and the posture is ok',
    4: 'the release before is back, and the posture asks for attention',
    1: 'a step failed, or it was stopped: typed again, it goes on',
    2: 'whether the release before runs on the databases could not be read',
    3: 'refused: it no longer runs on them, and the restore commands are told; or there is nothing to go back from',
  },
  run: async (context) =>
    await withDeployment(context, { alone: context.options['dry-run'] !== true }, async (deployment) => {
      const plan = await planRollback(deployment.worker);
      const { from, to, managers } = plan.journal;
      if (context.options['dry-run'] === true) {
        if (context.options['json'] === true)
          writeJson(context.stdout, { dryRun: true, way: plan.way, from, to, managers });
        else context.stdout.write(`${sentenceOf(plan)}\n`);
        return 0;
      }
      context.stderr.write(`${sentenceOf(plan)}\n`);
      if (context.options['yes'] !== true && !(await confirmByTyping(context, to.version)))
        throw deployError('deploy_not_confirmed', {
          message: `going back to ${to.version} was not confirmed; nothing was changed`,
          hint: `Type ${to.version} when asked, or add \`--yes\`.`,
        });
      return await tellOutcome(context, deployment, await rollBack(deployment.worker, plan));
    }),
};

function sentenceOf({ way, journal }: RollbackPlan): string {
  const { from, to, managers } = journal;
  switch (way) {
    case 'give_up':
      return `The deployment of ${to.version} has changed nothing yet, and is given up.`;
    case 'go_on':
      return `Goes on going back to ${to.version} (${to.reference}).`;
    case 'begin':
      return `Goes back from ${from.version} to ${to.version} (${to.reference}): it runs on the databases as they are. ${managers} ${managers === 1 ? 'manager is' : 'managers are'} replaced one by one, then the other services.`;
  }
}
