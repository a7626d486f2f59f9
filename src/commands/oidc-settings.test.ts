import { expect, test } from 'vitest';
import { readOidc } from './oidc-settings.ts';

const enough = { OIDC_ISSUER_URL: 'https://id.example.com', OIDC_CLIENT_ID: 'plimsoll', OIDC_ADMIN_GROUPS: 'ops' };

test('nothing is set, and there is no provider', () => {
  expect(readOidc({})).toBeUndefined();
  expect(readOidc({ OIDC_CLIENT_ID: 'plimsoll' })).toBeUndefined();
});

test('three settings are enough', () => {
  expect(readOidc({ ...enough, OIDC_USER_GROUPS: ' staff, guests ,' })).toEqual({
    name: 'single sign-on',
    issuer: 'https://id.example.com',
    clientId: 'plimsoll',
    clientSecret: undefined,
    scopes: 'openid profile email',
    usernameClaim: 'preferred_username',
    rolesClaim: 'groups',
    groups: { admin: ['ops'], auditor: [], user: ['staff', 'guests'] },
  });
});

test.each([
  ['no client', { OIDC_CLIENT_ID: '' }, 'OIDC_CLIENT_ID is missing'],
  ['no groups', { OIDC_ADMIN_GROUPS: '' }, 'nobody would have a role'],
  ['plain HTTP over a network', { OIDC_ISSUER_URL: 'http://id.example.com' }, 'must be an https:// URL'],
  ['scopes without openid', { OIDC_SCOPES: 'profile' }, 'must have openid among them'],
])('%s is refused before anything is started', (_name, change, problem) => {
  expect(() => readOidc({ ...enough, ...change })).toThrow(problem);
});

test('plain HTTP is taken on this machine', () => {
  expect(readOidc({ ...enough, OIDC_ISSUER_URL: 'http://127.0.0.1:3000' })?.issuer).toBe('http://127.0.0.1:3000');
});
