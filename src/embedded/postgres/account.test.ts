import { expect, test } from 'vitest';
import { accountFrom } from './account.ts';

const root = 'root:x:0:0:root:/root:/bin/sh';
const nobody = 'nobody:x:65534:65534::/:/sbin/nologin';
const postgres = 'postgres:x:101:104::/var/lib/postgresql:/bin/bash';

test('postgres is preferred to nobody', () => {
  expect(accountFrom([root, nobody, postgres, ''].join('\n'))).toEqual({ uid: 101, gid: 104 });
  expect(accountFrom([root, nobody].join('\n'))).toEqual({ uid: 65_534, gid: 65_534 });
});

test('without either, the way to make one is told', () => {
  expect(() => accountFrom(`${root}\n`)).toThrow(expect.objectContaining({ code: 'embedded_no_account' }) as Error);
});
