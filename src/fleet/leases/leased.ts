/** Jobs that were given to scanners at one moment. */
export interface Leased {
  /** How long it took to take them off the queue and to lease them. */
  readonly seconds: number;
  /** How long each had waited before. */
  readonly waitedSeconds: readonly number[];
}

/** Tells whoever listens of the jobs that are leased. */
export function createLeasedNews() {
  const listeners: ((leased: Leased) => void)[] = [];
  return {
    tell: (leased: Leased): void => {
      for (const listener of listeners) listener(leased);
    },
    listen: (listener: (leased: Leased) => void): void => void listeners.push(listener),
  };
}
