import { isIPv6 } from 'node:net';
import type { Clock } from '../../base/index.ts';

/** Counts attempts by key: `take` spends one and says how many seconds to wait when none is left; `give` hands one back. */
export interface Limiter {
  take(key: string): number | null;
  give(key: string): void;
}

interface Bucket {
  readonly level: number;
  readonly at: number;
}

/** A token bucket a key: `burst` attempts at once, refilled evenly over `windowMs`. The longest unused keys are forgotten. */
export function createLimiter(spec: {
  readonly burst: number;
  readonly windowMs: number;
  readonly clock: Clock;
  readonly keys?: number;
}): Limiter {
  const buckets = new Map<string, Bucket>();
  const refillMs = spec.windowMs / spec.burst;

  function levelOf(key: string, now: number): number {
    const bucket = buckets.get(key);
    return bucket === undefined
      ? spec.burst
      : Math.min(spec.burst, bucket.level + Math.max(0, now - bucket.at) / refillMs);
  }

  function store(key: string, bucket: Bucket): void {
    buckets.delete(key);
    buckets.set(key, bucket);
    const [oldest] = buckets.keys();
    if (buckets.size > (spec.keys ?? 10_000) && oldest !== undefined) buckets.delete(oldest);
  }

  return {
    take: (key) => {
      const at = spec.clock.now().getTime();
      const level = levelOf(key, at);
      // Stored either way: a clock that was set back must not leave a bucket waiting for its old time.
      store(key, { level: level < 1 ? level : level - 1, at });
      return level < 1 ? Math.max(1, Math.ceil(((1 - level) * refillMs) / 1000)) : null;
    },
    give: (key) => {
      const at = spec.clock.now().getTime();
      store(key, { level: Math.min(spec.burst, levelOf(key, at) + 1), at });
    },
  };
}

/** What one caller is taken to be: an IPv4 address, or the /64 network of an IPv6 one, which is what a household gets. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.toLowerCase().split('::');
  const front = head === '' ? [] : head.split(':');
  const back = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: Math.max(0, 8 - front.length - back.length) }, () => '0');
  return `${[...front, ...zeros, ...back].slice(0, 4).join(':')}::/64`;
}
