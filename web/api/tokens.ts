import { queryOptions } from '@tanstack/react-query';
import type { ApiTokenList, MadeApiToken, NewApiToken } from '../../src/contract/index.ts';
import { readJson, request, sendJson } from './http.ts';
import { readLive } from './live.ts';
import { calm } from './poll.ts';

const path = '/api/admin/tokens';

/** Every API token, newest first. */
export const tokensQuery = queryOptions({
  queryKey: ['tokens'],
  queryFn: async ({ signal }) => await readLive<ApiTokenList>(path, signal),
  ...calm,
});

/** Makes an API token; its text is in this answer and nowhere else. */
export async function makeToken(token: NewApiToken): Promise<MadeApiToken> {
  return (await readJson(await sendJson('POST', path, token))) as MadeApiToken;
}

/** Ends an API token for good. */
export async function revokeToken(id: string): Promise<void> {
  await request(`${path}/${id}`, { method: 'DELETE' });
}
