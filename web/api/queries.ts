import { QueryClient } from '@tanstack/react-query';

/** The cache of what the manager said. Nothing is retried: the live pages ask again anyway, and an error is shown at once. */
export function createQueries(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { retry: false, networkMode: 'always' },
      mutations: { retry: false, networkMode: 'always' },
    },
  });
}
