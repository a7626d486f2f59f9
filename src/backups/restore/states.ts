/**
 * How far a restore is, as its journal says; what each command does then. Each state is on the disk before its work begins,
 * and all work may be done again, so that a restore that was killed at any instant goes on from what is written.
 *
 * | state      | what is true                                                    | --resume | --back   | --forget |
 * |------------|-----------------------------------------------------------------|----------|----------|----------|
 * | preparing  | the new databases are being made; the old ones are in place      | prepare  | abandon  | –        |
 * | swapping   | the new ones are whole; names are being exchanged                | swap     | return   | –        |
 * | swapped    | the new ones are in place; the gate is still closed              | open     | return   | –        |
 * | done       | the product is open on them; the old ones are kept               | –        | return   | drop     |
 * | abandoning | the new ones are being dropped                                   | abandon  | abandon  | –        |
 * | abandoned  | nothing of the restore is left                                   | –        | –        | –        |
 * | returning  | names are being exchanged back                                   | return   | return   | –        |
 * | returned   | the product is open on the old ones; the restored ones are kept  | –        | –        | drop     |
 * | forgetting | what was kept is being dropped                                   | drop     | –        | drop     |
 * | forgotten  | only the journal is left                                         | –        | –        | –        |
 */
export const restoreStates = [
  'preparing',
  'swapping',
  'swapped',
  'done',
  'abandoning',
  'abandoned',
  'returning',
  'returned',
  'forgetting',
  'forgotten',
] as const;
export type RestoreState = (typeof restoreStates)[number];

export type RestoreWish = 'resume' | 'back' | 'forget';
export type RestoreAction = 'prepare' | 'swap' | 'open' | 'abandon' | 'return' | 'drop';

const actions: Readonly<Record<RestoreState, Partial<Record<RestoreWish, RestoreAction>>>> = {
  preparing: { resume: 'prepare', back: 'abandon' },
  swapping: { resume: 'swap', back: 'return' },
  swapped: { resume: 'open', back: 'return' },
  done: { back: 'return', forget: 'drop' },
  abandoning: { resume: 'abandon', back: 'abandon' },
  abandoned: {},
  returning: { resume: 'return', back: 'return' },
  returned: { forget: 'drop' },
  forgetting: { resume: 'drop', forget: 'drop' },
  forgotten: {},
};

/** What a wish comes to in a state; undefined when there is nothing of the kind to do. */
export function actionFor(state: RestoreState, wish: RestoreWish): RestoreAction | undefined {
  return actions[state][wish];
}

/** Work was begun and is not at an end: nobody is at it any more, or somebody is right now. */
export function isUnfinished(state: RestoreState): boolean {
  return actions[state].resume !== undefined;
}
