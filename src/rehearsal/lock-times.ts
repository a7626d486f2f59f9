/** A table lock of one session, as pg_locks shows it: the table's number, and the mode. */
export interface SeenLock {
  readonly table: string;
  readonly mode: string;
}

interface Held {
  readonly lock: SeenLock;
  /** When it was last known to be free. */
  from: number | undefined;
  seconds: number;
}

/**
 * How long locks were held, from looks at them now and then. What was taken between two looks counts from the first of
 * them on, so that the times are rather too long than too short. Times are milliseconds of one clock.
 */
export class LockTimes {
  readonly #held = new Map<string, Held>();
  #lastLookAt: number;

  /** From a moment at which none is held. */
  constructor(at: number) {
    this.#lastLookAt = at;
  }

  /** A look that was asked for at one moment and answered at another: what it shows was so at some moment between. */
  see(locks: readonly SeenLock[], askedAt: number, answeredAt: number): void {
    const seen = new Set(locks.map(keyOf));
    for (const lock of locks) this.#take(lock);
    for (const [key, held] of this.#held) if (!seen.has(key)) release(held, answeredAt);
    this.#lastLookAt = askedAt;
  }

  /** What was held to the very end, as the transaction itself has told, and everything seen before. */
  end(locks: readonly SeenLock[], at: number): readonly (SeenLock & { readonly heldSeconds: number })[] {
    for (const lock of locks) this.#take(lock);
    for (const held of this.#held.values()) release(held, at);
    return [...this.#held.values()].map(({ lock: { table, mode }, seconds }) => ({
      table,
      mode,
      heldSeconds: seconds,
    }));
  }

  #take(lock: SeenLock): void {
    const held = this.#held.get(keyOf(lock)) ?? { lock, from: undefined, seconds: 0 };
    held.from ??= this.#lastLookAt;
    this.#held.set(keyOf(lock), held);
  }
}

function release(held: Held, at: number): void {
  if (held.from !== undefined) held.seconds += (at - held.from) / 1000;
  held.from = undefined;
}

function keyOf({ table, mode }: SeenLock): string {
  return `${table} ${mode}`;
}
