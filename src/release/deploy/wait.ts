import { setTimeout as delay } from 'node:timers/promises';
import type { DeployContext } from './context.ts';

/** Lets some time pass; throws what the signal was aborted with. */
export async function pause({ signal }: Pick<DeployContext, 'signal'>, ms: number): Promise<void> {
  signal.throwIfAborted();
  await delay(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
}

/** Looks again and again until it holds; false when the time is over. It is looked at once at least. */
export async function until(
  context: Pick<DeployContext, 'signal' | 'patience'>,
  holds: () => Promise<boolean>,
  timeoutMs: number,
): Promise<boolean> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    if (await holds()) return true;
    if (performance.now() > end) return false;
    await pause(context, context.patience.pollMs);
  }
}
