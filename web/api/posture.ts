import { queryOptions } from '@tanstack/react-query';
import type { ReleasePosture } from '../../src/contract/index.ts';
import { readJson, request } from './http.ts';
import { freshnessOf, type Freshness } from './live.ts';

/** One answer of GET /api/admin/release, or its confirmation that nothing has changed. */
export interface PostureReading extends Freshness {
  readonly posture: ReleasePosture;
  readonly etag: string | null;
}

/** How often Admin > Release asks. */
export const posturePollSeconds = 2;
const key = ['release'] as const;

/** The release posture, asked for every two seconds while the page is visible; unchanged answers cost a 304. */
export const postureQuery = queryOptions({
  queryKey: key,
  queryFn: async ({ client, signal }): Promise<PostureReading> => {
    const previous = client.getQueryData<PostureReading>(key);
    const headers = previous?.etag ? { 'if-none-match': previous.etag } : {};
    const response = await request('/api/admin/release', { signal, headers });
    const freshness = freshnessOf(response);
    if (response.status === 304 && previous) return { ...previous, ...freshness };
    const posture = (await readJson(response)) as ReleasePosture;
    return { posture, etag: response.headers.get('etag'), ...freshness };
  },
  refetchInterval: posturePollSeconds * 1000,
  refetchOnWindowFocus: 'always',
});
