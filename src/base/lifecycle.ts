/** A part of a process that is started once and stopped once; both calls are idempotent. */
export interface Service {
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** The part of `process` that says when to end. */
export interface SignalSource {
  on(signal: NodeJS.Signals, listener: () => void): unknown;
  off(signal: NodeJS.Signals, listener: () => void): unknown;
  once(event: 'disconnect', listener: () => void): unknown;
  /** Whether a supervisor holds the other end of an IPC channel; undefined for a process without one. */
  readonly connected?: boolean;
  readonly channel?: { unref(): void } | null | undefined;
}

/** How long a process that lost its supervisor may drain before it is ended. */
const orphanGraceMs = 5000;

/**
 * Resolves with the name of the first SIGINT or SIGTERM. A second one calls `force`, for an operator who
 * will not wait for the drain. A process that was started with an IPC channel takes the loss of its supervisor,
 * however hard that was killed, for a SIGTERM.
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
  const orphaned = (): void => {
    resolve('SIGTERM');
    setTimeout(force, orphanGraceMs).unref();
  };
  source.once('disconnect', orphaned);
  if (source.connected === false) orphaned();
  // The channel alone must not keep a process alive that has finished.
  source.channel?.unref();
  return await promise;
}
