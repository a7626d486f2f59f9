import { describe, expect, test } from 'vitest';
import { parseReleaseSearch, parseSearch, parseSignInSearch, stringifySearch } from './search.ts';

describe('the address of a page', () => {
  test('keeps filters as plain text both ways', () => {
    const text = stringifySearch({ db: 'jobs', text: 'a b&c', open: '' });
    expect(text).toBe('?db=jobs&text=a+b%26c');
    expect(parseReleaseSearch(parseSearch(text))).toEqual({ db: 'jobs', text: 'a b&c' });
  });

  test('drops what it does not know', () => {
    expect(parseReleaseSearch(parseSearch('?db=jobs&evil=1&by='))).toEqual({ db: 'jobs' });
  });

  test.each(['/admin/release?db=jobs', '/help'])('goes on to %s after signing in', (next) => {
    expect(parseSignInSearch({ next })).toEqual({ next });
  });

  test.each(['//evil.example', String.raw`/\evil.example`, 'https://evil.example', 'javascript:alert(1)', ''])(
    'never leads to %j after signing in',
    (next) => {
      expect(parseSignInSearch({ next })).toEqual({});
    },
  );
});
