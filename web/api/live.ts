import { readJson, request } from './http.ts';

/** How old an answer is, and how far this browser's clock is from the manager's. */
export interface Freshness {
  /** When the manager last answered, by this browser's clock. */
  readonly answeredAt: number;
  /** What to add to this browser's clock to get the manager's. */
  readonly clockSkewMs: number;
}

/** An answer with its age. */
export interface Reading<T> extends Freshness {
  readonly value: T;
}

/** Reads one JSON answer, with its age. */
export async function readLive<T>(path: string, signal: AbortSignal): Promise<Reading<T>> {
  const response = await request(path, { signal });
  return { value: (await readJson(response)) as T, ...freshnessOf(response) };
}

/** The age of an answer that has just come. Differences under five seconds are taken for travel time and rounding. */
export function freshnessOf(response: Response): Freshness {
  const answeredAt = Date.now();
  const skew = Date.parse(response.headers.get('date') ?? '') - answeredAt;
  return { answeredAt, clockSkewMs: Math.abs(skew) > 5000 ? skew : 0 };
}
