import { queryOptions } from '@tanstack/react-query';
import type { ReleasePosture } from '../../src/contract/index.ts';
import { readJson, request } from './http.ts';

/** One answer of GET /api/admin/release, or its confirmation that nothing has changed. */
export interface PostureReading {
  readonly posture: ReleasePosture;
  readonly etag: string | null;
  /** When the manager last answered, by this browser's clock. */
  readonly answeredAt: number;
  /** What to add to this browser's clock to get the manager's. */
  readonly clockSkewMs: number;
}

const pollMs = 2000;
const key = ['release'] as const;

/** The release posture, asked for every two seconds while the page is visible; unchanged answers cost a 304. */
export const postureQuery = queryOptions({
  queryKey: key,
  queryFn: async ({ client, signal }): Promise<PostureReading> => {
    const previous = client.getQueryData<PostureReading>(key);
    const headers = previous?.etag ? { 'if-none-match': previous.etag } : {};
    const response = await request('/api/admin/release', { signal, headers });
    const answeredAt = Date.now();
    const clockSkewMs = readSkew(response, answeredAt);
    if (response.status === 304 && previous) return { ...previous, answeredAt, clockSkewMs };
    const posture = (await readJson(response)) as ReleasePosture;
    return { posture, etag: response.headers.get('etag'), answeredAt, clockSkewMs };
  },
  refetchInterval: pollMs,
  refetchOnWindowFocus: 'always',
});

/** Differences under five seconds are taken for travel time and rounding. */
function readSkew(response: Response, now: number): number {
  const skew = Date.parse(response.headers.get('date') ?? '') - now;
  return Math.abs(skew) > 5000 ? skew : 0;
}
