import { createContext, use, useSyncExternalStore } from 'react';
import { absoluteTime, relativeTime } from './time.ts';

/** What to add to this browser's clock to get the manager's, so that an age is right on a machine whose clock is not. */
export const ClockSkew = createContext(0);

/** A moment: how long ago, with the exact time in `<time>` and on hover. */
export function Ago({ at }: { readonly at: string }) {
  const now = useManagerTime(1000);
  return (
    <time dateTime={at} title={absoluteTime(at)}>
      {relativeTime(Date.parse(at), now)}
    </time>
  );
}

/** A moment written out, with how long ago on hover. */
export function Moment({ at }: { readonly at: string }) {
  const now = useManagerTime(10_000);
  return (
    <time dateTime={at} title={relativeTime(Date.parse(at), now)}>
      {absoluteTime(at)}
    </time>
  );
}

/** The time now by the manager's clock, in steps of `stepMs`. */
export function useManagerTime(stepMs: number): number {
  return useNow(stepMs) + use(ClockSkew);
}

/** The time now, in steps: a component renders again only when a step has passed. */
function useNow(stepMs: number): number {
  const read = () => Math.floor(Date.now() / stepMs) * stepMs;
  return useSyncExternalStore(subscribe, read, read);
}

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** One timer for all the times of a page. */
function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    for (const each of listeners) each();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}
