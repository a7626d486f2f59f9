import { isDataFault } from './data-faults.ts';

/**
 * Gathers what callers ask at the same time into one call, the way a database commits in groups: while one batch runs
 * the next one fills, so that latency stays at one or two calls and load does not grow with the number of callers.
 * `run` gives one answer an item, in order; when it throws, every caller of that batch is told. When it throws because of
 * what one of them brought, each is run alone, so it must be able to run again.
 */
export function createBatcher<In, Out>(
  run: (items: readonly In[]) => Promise<readonly Out[]>,
  maxItems: number,
): (item: In) => Promise<Out> {
  interface Entry extends PromiseWithResolvers<Out> {
    readonly item: In;
  }
  const waiting: Entry[] = [];
  let running = false;

  async function drain(): Promise<void> {
    running = true;
    // One turn of the event loop, so that requests that came in together travel together.
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    while (waiting.length > 0) await settle(waiting.splice(0, maxItems));
    running = false;
  }

  async function settle(entries: readonly Entry[]): Promise<void> {
    try {
      const answers = await run(entries.map(({ item }) => item));
      if (answers.length !== entries.length) throw new TypeError('a batch gave not one answer an item');
      for (const [index, entry] of entries.entries()) entry.resolve(answers[index] as Out);
    } catch (error) {
      if (entries.length > 1 && isDataFault(error)) for (const entry of entries) await settle([entry]);
      else for (const entry of entries) entry.reject(error);
    }
  }

  return async (item) => {
    const entry = { item, ...Promise.withResolvers<Out>() };
    waiting.push(entry);
    if (!running) void drain();
    return await entry.promise;
  };
}
