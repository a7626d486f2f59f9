import { pino } from 'pino';
import { expect, test } from 'vitest';
import { hashToken } from '../../accounts/index.ts';
import { systemClock } from '../../base/index.ts';
import type { Database } from '../../postgres/index.ts';
import { createDirectory } from './directory.ts';

test('a token learned while an older refresh is still reading stays known', async () => {
  const text = `plm_${'a'.repeat(43)}`;
  const row = {
    id: '1',
    name: 'ci',
    hash: hashToken(text),
    token_hash: hashToken(text),
    role: 'auditor',
    expires_at: null,
    expiresAt: null,
  };
  const slow = Promise.withResolvers<readonly never[]>();
  let listing = true;
  const config = {
    query: async (sql: string) => (listing && !/\$1/.test(sql) ? await slow.promise : [row]),
  } as unknown as Database;
  const directory = createDirectory({ config, clock: systemClock, log: pino({ level: 'silent' }) });
  const refreshing = directory.refresh();
  listing = false;
  expect(await directory.findToken(text, () => true)).toMatchObject({ kind: 'found' });
  slow.resolve([]);
  await refreshing;
  expect(await directory.findToken(text, () => false)).toMatchObject({ kind: 'found' });
});
