/** Thrown by `withDeadline` when the time is over; callers turn it into their own error. */
export class DeadlineExceeded extends Error {
  override readonly name = 'DeadlineExceeded';
  readonly afterMs: number;

  constructor(afterMs: number) {
    super(`no answer within ${afterMs} ms`);
    this.afterMs = afterMs;
  }
}

/**
 * Runs `work` and settles no later than `timeoutMs`: with its result, its error, or DeadlineExceeded.
 * The signal tells the work to let go of what it holds; a late result is dropped.
 */
export async function withDeadline<T>(timeoutMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  const { promise: expired, reject } = Promise.withResolvers<never>();
  const expire = (): void => {
    const error = new DeadlineExceeded(timeoutMs);
    reject(error);
    abort.abort(error);
  };
  // A process that stalled runs its timers before it reads its sockets: the answer may be there already. One turn of
  // the event loop lets it in, so that being busy is not mistaken for a server that is silent.
  let lastTurn: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => {
    lastTurn = setImmediate(expire);
  }, timeoutMs);
  const running = work(abort.signal);
  running.catch(() => undefined);
  try {
    return await Promise.race([running, expired]);
  } finally {
    clearTimeout(timer);
    clearImmediate(lastTurn);
  }
}
