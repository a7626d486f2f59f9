/**
 * Runs several pieces of work at once: all of them, or none. The first that fails tells the others to end, and is thrown
 * when they have: nothing goes on behind the caller's back.
 */
export async function together<T>(
  signal: AbortSignal,
  works: readonly ((signal: AbortSignal) => Promise<T>)[],
): Promise<T[]> {
  const giveUp = new AbortController();
  const either = AbortSignal.any([signal, giveUp.signal]);
  let first: { readonly error: unknown } | undefined;
  const running = works.map(async (work) => {
    try {
      return await work(either);
    } catch (error) {
      first ??= { error };
      giveUp.abort(error);
      throw error;
    }
  });
  const settled = await Promise.allSettled(running);
  if (first !== undefined) throw first.error;
  return settled.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
}
