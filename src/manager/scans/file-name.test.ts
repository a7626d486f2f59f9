import { expect, test } from 'vitest';
import { fileNameOf } from './file-name.ts';

test.each([
  ['scan-shop, weekly-0199a1b2', 'scan-shop-weekly-0199a1b2'],
  ['target-[2001:db8::1]:443', 'target-2001-db8-1-443'],
  ['Büro “Süd”', 'buro-sud'],
  ['a"; filename=evil.exe\r\nX: y', 'a-filename-evil-exe-x-y'],
  ['../../etc/passwd', 'etc-passwd'],
  ['店', 'findings'],
  ['x'.repeat(300), 'x'.repeat(80)],
])('%j becomes %s', (text, expected) => {
  expect(fileNameOf(text)).toBe(expected);
});
