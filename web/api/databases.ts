import { queryOptions } from '@tanstack/react-query';
import type { DatabaseStatus } from '../../src/contract/index.ts';
import { readLive } from './live.ts';

/** How often Admin > Database Status asks; whoever else looks at the same time shares the reading. */
export const databasesPollSeconds = 3;

/** The health of each database, asked for again and again while the page is visible. */
export const databasesQuery = queryOptions({
  queryKey: ['databases'],
  queryFn: async ({ signal }) => await readLive<DatabaseStatus>('/api/admin/databases', signal),
  refetchInterval: databasesPollSeconds * 1000,
  refetchOnWindowFocus: 'always',
});
