import type { BlockingSession, LocksReading, WaitingSession } from '../../src/contract/index.ts';

/** A session in a queue, with those that wait for it. */
export interface QueuePlace {
  readonly pid: number;
  /** The session, as it waits or as it keeps others waiting; null for a prepared transaction, which has none. */
  readonly waits: WaitingSession | null;
  readonly head: BlockingSession | null;
  readonly behind: readonly QueuePlace[];
}

/**
 * The queues as trees, each session once: under one that waits itself, if it is blocked by such a one, for that is the longer
 * way to the head. Sessions that wait for each other, until the server ends one, stand at the top.
 */
export function queuesOf({ waiting, heads }: LocksReading): QueuePlace[] {
  const waits = new Set(waiting.map(({ pid }) => pid));
  const parentOf = ({ blockedBy }: WaitingSession): number =>
    blockedBy.find((pid) => waits.has(pid)) ?? blockedBy[0] ?? 0;
  const placed = new Set<number>();
  const behind = (pid: number): QueuePlace[] =>
    waiting
      .filter((each) => parentOf(each) === pid && !placed.has(each.pid))
      .map((each) => {
        placed.add(each.pid);
        return { pid: each.pid, waits: each, head: null, behind: behind(each.pid) };
      });
  const atHead = heads.map((head) => ({ pid: head.pid, waits: null, head, behind: behind(head.pid) }));
  const prepared = { pid: 0, waits: null, head: null, behind: behind(0) };
  const others = waiting.flatMap((each) => {
    if (placed.has(each.pid)) return [];
    placed.add(each.pid);
    return [{ pid: each.pid, waits: each, head: null, behind: behind(each.pid) }];
  });
  const found = [...atHead, ...(prepared.behind.length === 0 ? [] : [prepared]), ...others];
  return found.filter((place) => place.waits !== null || place.behind.length > 0);
}
