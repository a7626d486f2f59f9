/**
 * What deploying a release, and going back to the one before, go through. The state is on the disk before its work begins, and
 * all of that work may be done again: so whatever is killed, at whichever instant, the journal tells what is true and where to
 * go on. Images are named `from` and `to`, whichever of the two is the newer one.
 *
 * | state     | what is true                                                                        | its work                                  |
 * |-----------|-------------------------------------------------------------------------------------|-------------------------------------------|
 * | judging   | nothing is changed                                                                  | the preflight of `to`, after a bundle if  |
 * |           |                                                                                     | nothing but that is wanting               |
 * | saving    | nothing is changed; the preflight has let it pass                                   | a bundle, pinned as the way back          |
 * | migrating | the bundle is pinned; compose is set to `to`; managers are of `from`, and any of the | the migrator of `to`                      |
 * |           | pending migrations may be applied                                                   |                                           |
 * | replacing | the databases are where `to` needs them; compose is set to `to`; managers of both   | managers one by one                       |
 * | settling  | every manager is of `to` and ready; the other services may be of either             | the other services                        |
 * | verifying | everything is of `to`                                                               | until the posture is ok; history; unpin   |
 * | done      | nothing is left to do                                                               |                                           |
 * | abandoned | nothing was changed, and nothing will be                                            |                                           |
 *
 * Going back leaves out what comes before `replacing`: `from` is the newer release then, and `to` runs on the databases as they are.
 */
export const deployStates = [
  'judging',
  'saving',
  'migrating',
  'replacing',
  'settling',
  'verifying',
  'done',
  'abandoned',
] as const;
export type DeployState = (typeof deployStates)[number];

export const deployKinds = ['deploy', 'rollback'] as const;
export type DeployKind = (typeof deployKinds)[number];

/** `worked`: the work of the state is done; `failed`: it is not, and may be tried again; `given_up`: another deployment is begun. */
export type DeployEvent = 'worked' | 'failed' | 'given_up';

const transitions: Readonly<Record<DeployState, Readonly<Record<DeployEvent, DeployState | null>>>> = {
  judging: { worked: 'saving', failed: 'judging', given_up: 'abandoned' },
  saving: { worked: 'migrating', failed: 'saving', given_up: 'abandoned' },
  migrating: { worked: 'replacing', failed: 'migrating', given_up: null },
  replacing: { worked: 'settling', failed: 'replacing', given_up: null },
  settling: { worked: 'verifying', failed: 'settling', given_up: null },
  verifying: { worked: 'done', failed: 'verifying', given_up: null },
  done: { worked: null, failed: null, given_up: null },
  abandoned: { worked: null, failed: null, given_up: null },
};

/** The state that an event leads to; null where it cannot happen. Pure. */
export function nextState(state: DeployState, event: DeployEvent): DeployState | null {
  return transitions[state][event];
}

/** Where it begins. */
export function firstState(kind: DeployKind): DeployState {
  return kind === 'deploy' ? 'judging' : 'replacing';
}

/** Whether work is left. */
export function isUnfinished(state: DeployState): boolean {
  return transitions[state].worked !== null;
}

/** Whether nothing of the deployment was changed yet, so that it may be left as it is. */
export function isUntouched(state: DeployState): boolean {
  return transitions[state].given_up === 'abandoned';
}
