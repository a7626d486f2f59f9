import { hostname } from 'node:os';
import { z } from 'zod';
import type { Clock } from '../../base/index.ts';

const holderSchema = z.object({
  work: z.string().max(100),
  by: z.string().max(200),
  host: z.string().max(300),
  pid: z.int(),
  since: z.string().max(40),
});

/** Who is at work on the backups; `work` as in "taking a bundle". */
export type LockHolder = Readonly<z.infer<typeof holderSchema>>;

/** This process, at this work. */
export function holderOf(work: string, by: string, clock: Clock): LockHolder {
  return { work, by, host: hostname(), pid: process.pid, since: clock.now().toISOString() };
}

/** What a holder wrote down of itself; undefined for anything else. */
export function readHolder(text: string): LockHolder | undefined {
  try {
    return holderSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** One phrase for people. */
export function describeHolder({ work, by, host, pid, since }: LockHolder): string {
  return `${work} by ${by} since ${since} (process ${pid} on ${host})`;
}
