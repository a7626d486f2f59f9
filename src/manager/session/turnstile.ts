/** Lets a few pieces of work run at once and a few more wait; says no to the rest. */
export interface Turnstile {
  /** Runs the work when its turn comes; undefined when too many wait already. */
  pass<T>(work: () => Promise<T>): Promise<T | undefined>;
}

/** A turnstile for `running` pieces of work at once and `waiting` more in line. */
export function createTurnstile(spec: { readonly running: number; readonly waiting: number }): Turnstile {
  const line: (() => void)[] = [];
  let running = 0;

  async function enter(): Promise<void> {
    if (running < spec.running) {
      running += 1;
      return;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    line.push(resolve);
    await promise;
  }

  function leave(): void {
    const next = line.shift();
    if (next === undefined) running -= 1;
    else next();
  }

  return {
    pass: async (work) => {
      if (running >= spec.running && line.length >= spec.waiting) return undefined;
      await enter();
      try {
        return await work();
      } finally {
        leave();
      }
    },
  };
}
