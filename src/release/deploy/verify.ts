import type { Verdict } from '../../contract/index.ts';
import { postureAnswer } from './answers.ts';
import { ask } from './ask.ts';
import type { DeployContext } from './context.ts';
import { deployError } from './errors.ts';
import type { DeployJournal } from './journal.ts';
import { mendThenGoOn } from './standing.ts';
import { until } from './wait.ts';

/**
 * Waits until the posture is ok and gives what is left to attend to: when the time is over, things that are open but do not
 * keep the deployment from working are told and no more. Throws deploy_posture_bad.
 */
export async function verify(context: DeployContext, { kind, to }: DeployJournal): Promise<string[]> {
  let verdict: Verdict | undefined;
  let problem = '';
  const isOk = async (): Promise<boolean> => {
    const asked = await ask(context, { image: to, part: 'operator', words: ['posture'], answer: postureAnswer });
    if ('problem' in asked) problem = asked.problem.message;
    else ({ verdict } = asked.value);
    return verdict?.status === 'ok' || verdict?.status === 'ready';
  };
  if (await until(context, isOk, context.patience.postureMs)) {
    context.report(`posture: ${verdict?.headline ?? ''}`);
    return [];
  }
  const reasons = (verdict?.reasons ?? []).filter(({ severity }) => severity !== 'info');
  const sentences = reasons.map(({ message, remedy }) => (remedy === '' ? message : `${message} → ${remedy}`));
  if (verdict?.status === 'attention') {
    context.report(`posture: ${verdict.headline}`);
    return sentences;
  }
  throw deployError('deploy_posture_bad', {
    message: `everything runs ${to.version}, and the posture is ${verdict?.status ?? 'not to be read'}: ${verdict === undefined ? problem : sentences.join('; ')}`,
    hint: mendThenGoOn(kind),
  });
}
