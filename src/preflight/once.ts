/** The same promise for everybody who asks. */
export function once<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  return async () => {
    if (running === undefined) {
      running = work();
      running.catch(() => undefined);
    }
    return await running;
  };
}
