/** One manager, as the host sees it. */
export interface ManagerInstance {
  readonly id: string;
  readonly imageId: string;
  /** Whether it answers `/readyz` with 200. */
  readonly ready: boolean;
}

/** What is to be done next so that managers of one image take the place of all others. */
export type ReplaceMove =
  | { readonly move: 'start' }
  | { readonly move: 'wait'; readonly instance: ManagerInstance }
  | { readonly move: 'stop'; readonly instance: ManagerInstance }
  | { readonly move: 'done' };

/**
 * The next move, from nothing but what is there; pure. Asked again after each move, so it does not matter who stopped in between.
 *
 * | of the image | not ready | others | move                                                        |
 * |--------------|-----------|--------|-------------------------------------------------------------|
 * | any          | some      | any    | wait for it: one that nobody has seen ready replaces nobody |
 * | any          | none      | some   | one too many are there: stop one of the others              |
 * | any          | none      | some   | else start one                                              |
 * | too few      | none      | none   | start one                                                   |
 * | too many     | none      | none   | stop one                                                    |
 * | enough       | none      | none   | done                                                        |
 *
 * So there are never fewer that are ready than before, and never more than one too many. Of the others one that is not ready is
 * stopped first.
 */
export function nextMove(managers: readonly ManagerInstance[], imageId: string, wanted: number): ReplaceMove {
  const own = managers.filter((manager) => manager.imageId === imageId);
  const others = managers.filter((manager) => manager.imageId !== imageId);
  const unready = own.find(({ ready }) => !ready);
  if (unready !== undefined) return { move: 'wait', instance: unready };
  const replaced = others.find(({ ready }) => !ready) ?? others[0];
  if (replaced !== undefined)
    return managers.length > wanted ? { move: 'stop', instance: replaced } : { move: 'start' };
  if (own.length < wanted) return { move: 'start' };
  const surplus = own[wanted];
  return surplus === undefined ? { move: 'done' } : { move: 'stop', instance: surplus };
}
