import { describe, expect, test } from 'vitest';
import { parseReleaseSearch, parseScannersSearch, parseSearch, parseSignInSearch, stringifySearch } from './search.ts';

describe('the address of a page', () => {
  test('keeps filters as plain text both ways', () => {
    const text = stringifySearch({ db: 'jobs', text: 'a b&c', open: '' });
    expect(text).toBe('?db=jobs&text=a+b%26c');
    expect(parseReleaseSearch(parseSearch(text))).toEqual({ db: 'jobs', text: 'a b&c' });
  });

  test('drops what it does not know', () => {
    expect(parseReleaseSearch(parseSearch('?db=jobs&evil=1&by='))).toEqual({ db: 'jobs' });
  });

  test('of Scanners keeps what the API understands', () => {
    const after = '0199a1b2-0000-7000-8000-00000000002a';
    const text = `?text=dock&state=late&version=1.4.0&protocol=2&window=out&after=${after}`;
    const search = parseScannersSearch(parseSearch(text));
    expect(search).toEqual({ text: 'dock', state: 'late', version: '1.4.0', protocol: '2', window: 'out', after });
  });

  test('of Scanners keeps a place only with the order that it is a place in', () => {
    const after = '0199a1b2-0000-7000-8000-00000000002a:Dock 7';
    const text = stringifySearch({ silent: '168', refused: 'yes', clone: 'no', jobs: 'yes', sort: '-name', after });
    const filters = { silent: '168', refused: 'yes', clone: 'no', jobs: 'yes' };
    const search = { ...filters, sort: '-name' };
    expect(parseScannersSearch(parseSearch(text))).toEqual({ ...search, after });
    expect(parseScannersSearch({ ...search, sort: '', after })).toEqual(filters);
    expect(parseScannersSearch({ ...search, after: after.slice(0, 36) })).toEqual(search);
  });

  test.each([
    '?state=asleep',
    '?sort=colour',
    '?refused=1',
    '?protocol=0',
    '?protocol=two',
    '?protocol=65536',
    '?silent=5',
    '?window=ajar',
    '?after=1',
    '?text=',
  ])('of Scanners drops %s, which the API would refuse', (text) => {
    expect(parseScannersSearch(parseSearch(text))).toEqual({});
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
