import { hostname } from 'node:os';
import type { Clock } from '../../base/index.ts';

/** Who is at work on the backups. */
export interface LockHolder {
  /** As in "taking a bundle". */
  readonly work: string;
  readonly by: string;
  readonly host: string;
  readonly pid: number;
  readonly since: string;
}

/** This process, at this work. */
export function holderOf(work: string, by: string, clock: Clock): LockHolder {
  return { work, by, host: hostname(), pid: process.pid, since: clock.now().toISOString() };
}

/** One phrase for people. */
export function describeHolder({ work, by, host, pid, since }: LockHolder): string {
  return `${work} by ${by} since ${since} (process ${pid} on ${host})`;
}
