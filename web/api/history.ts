import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { PostureAt, PostureHistory } from '../../src/contract/index.ts';
import { readLive } from './live.ts';

const path = '/api/admin/release/history';
const pollSeconds = 10;
const shown = 20;

/** A page of the posture's history, newest first; `before` is where it begins, '' for the newest. */
export function historyQuery(before: string) {
  const query = new URLSearchParams({ limit: `${shown}`, ...(before === '' ? {} : { before }) });
  return queryOptions({
    queryKey: ['history', before],
    queryFn: async ({ signal }) => await readLive<PostureHistory>(`${path}?${query}`, signal),
    refetchInterval: pollSeconds * 1000,
    placeholderData: keepPreviousData,
  });
}

/** The posture as it was recorded last at or before a time. */
export function postureAtQuery(time: string) {
  return queryOptions({
    queryKey: ['history', 'at', time],
    queryFn: async ({ signal }) => await readLive<PostureAt>(`${path}/at?${new URLSearchParams({ time })}`, signal),
    refetchInterval: pollSeconds * 1000,
  });
}
