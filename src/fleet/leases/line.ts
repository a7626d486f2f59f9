import type { Job } from '../../contract/index.ts';

/** A scanner that asks for jobs. */
export interface Asker {
  readonly scannerId: string;
  readonly protocolVersion: number;
  readonly max: number;
  readonly waitMs: number;
  /** Aborted when the scanner has hung up. */
  readonly signal: AbortSignal;
}

/** A place in the line. */
export interface Place extends Asker {
  /** Ends the wait; a second answer has no effect. */
  readonly answer: (jobs: Job[]) => void;
}

/** Those who wait for jobs, first come first. Waiting costs memory and nothing else. */
export interface Line {
  readonly length: number;
  /** Jobs wanted by all of them together. */
  demand(): number;
  join(asker: Asker): Promise<Job[]>;
  /** Everybody who waits, in order; whoever is served has to be taken out. */
  places(): readonly Place[];
  takeOut(place: Place): void;
  /** Puts somebody back who got nothing: at the head, or out with no jobs if the wait is over by now. */
  putBack(place: Place): void;
  /** After the queue was looked at for these: those whose wait is over go. Even one who will not wait is looked for once. */
  endRound(places: readonly Place[]): void;
  /** Lets everybody go without jobs. */
  dismiss(): void;
}

/** Makes an empty line. */
export function createLine(): Line {
  const line: Place[] = [];
  const over = new WeakSet<Place>();
  const lookedFor = new WeakSet<Place>();

  function takeOut(place: Place): boolean {
    const index = line.indexOf(place);
    if (index >= 0) line.splice(index, 1);
    return index >= 0;
  }

  /** Somebody who is being served at this moment is not in the line: the answer is on its way, whatever it is. */
  function giveUp(place: Place): void {
    over.add(place);
    if (takeOut(place)) place.answer([]);
  }

  function expire(place: Place): void {
    if (lookedFor.has(place)) giveUp(place);
    else over.add(place);
  }

  return {
    get length() {
      return line.length;
    },
    demand: () => line.reduce((sum, { max }) => sum + max, 0),
    places: () => [...line],
    takeOut,
    putBack: (place) => {
      if (over.has(place)) place.answer([]);
      else line.unshift(place);
    },
    endRound: (places) => {
      for (const place of places) {
        lookedFor.add(place);
        if (over.has(place)) giveUp(place);
      }
    },
    dismiss: () => {
      while (line[0] !== undefined) giveUp(line[0]);
    },
    join: async (asker) => {
      const { promise, resolve } = Promise.withResolvers<Job[]>();
      const place: Place = { ...asker, answer: resolve };
      line.push(place);
      const timer = setTimeout(expire, asker.waitMs, place);
      const leave = (): void => {
        giveUp(place);
      };
      asker.signal.addEventListener('abort', leave, { once: true });
      try {
        return await promise;
      } finally {
        clearTimeout(timer);
        asker.signal.removeEventListener('abort', leave);
      }
    },
  };
}
