import { queryOptions } from '@tanstack/react-query';
import type { Settings } from '../../src/contract/index.ts';
import { readLive } from './live.ts';
import { calm } from './poll.ts';

/** What the manager that answers was started with. */
export const settingsQuery = queryOptions({
  queryKey: ['settings'],
  queryFn: async ({ signal }) => await readLive<Settings>('/api/admin/settings', signal),
  ...calm,
});
