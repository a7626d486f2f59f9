/** A part of a process that is started once and stopped once; both calls are idempotent. */
export interface Service {
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface SignalSource {
  on(signal: NodeJS.Signals, listener: () => void): unknown;
  off(signal: NodeJS.Signals, listener: () => void): unknown;
}

/**
 * Resolves with the name of the first SIGINT or SIGTERM. A second one calls `force`, for an operator who
 * will not wait for the drain.
 */
export async function firstSignal(source: SignalSource, force: () => void): Promise<NodeJS.Signals> {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
  let seen = false;
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    source.on(name, () => {
      if (seen) force();
      seen = true;
      resolve(name);
    });
  }
  return await promise;
}
