import type { FetchedJob } from './queue.ts';

/** A job that this manager has fetched ahead. */
export interface BufferedJob extends FetchedJob {
  /** Scanners that have just refused it. */
  readonly refusedBy: ReadonlySet<string>;
  readonly fetchedAtMs: number;
}

/** Takes up to `count` jobs for a scanner out of the buffer, in order. */
export function takeJobs(buffer: BufferedJob[], scannerId: string, count: number): BufferedJob[] {
  const taken: BufferedJob[] = [];
  for (let index = 0; index < buffer.length && taken.length < count;) {
    if (buffer[index]?.refusedBy.has(scannerId) === true) index += 1;
    else taken.push(...buffer.splice(index, 1));
  }
  return taken;
}
