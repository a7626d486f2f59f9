import { expect, it } from 'vitest';
import { isCrossSite } from './cross-site.ts';

const own = { method: 'POST', host: 'plimsoll.example:8443', origin: undefined, secFetchSite: undefined };

it.each([
  ['a program that sends neither header', {}, false],
  ["the manager's own page", { secFetchSite: 'same-origin' }, false],
  ['an address typed by hand', { secFetchSite: 'none' }, false],
  ['a page of another site', { secFetchSite: 'cross-site' }, true],
  ['a page on a sibling host', { secFetchSite: 'same-site' }, true],
  ['an older browser on the own page', { origin: 'https://plimsoll.example:8443' }, false],
  ['an older browser on another port', { origin: 'https://plimsoll.example' }, true],
  ['a sandboxed frame', { origin: 'null' }, true],
  [
    'a reading request from anywhere',
    { method: 'GET', secFetchSite: 'cross-site', origin: 'https://evil.example' },
    false,
  ],
  ['a request without a host', { host: undefined, origin: 'https://plimsoll.example:8443' }, true],
])('%s', (_, request, crossSite) => {
  expect(isCrossSite({ ...own, ...request })).toBe(crossSite);
});
