import { expect, test } from 'vitest';
import { isComplete, roleOf, usernameOf, type Claims, type ClaimRules } from './claims.ts';

const rules: ClaimRules = {
  usernameClaim: 'preferred_username',
  rolesClaim: 'groups',
  groups: { admin: ['ops'], auditor: ['audit', 'board'], user: ['staff'] },
};
const nested = { ...rules, rolesClaim: 'realm_access.roles' };
const everybody = { ...rules, groups: { ...rules.groups, user: ['*'] } };

test.each<[string, Claims, ClaimRules, string | null]>([
  ['one of several groups', { groups: ['staff', 'football'] }, rules, 'user'],
  ['the highest of several', { groups: ['staff', 'audit', 'ops'] }, rules, 'admin'],
  ['a claim that is one word', { groups: 'board' }, rules, 'auditor'],
  ['groups that mean nothing here', { groups: ['football'] }, rules, null],
  ['part of a name', { groups: ['ops-interns', 'OPS'] }, rules, null],
  ['no such claim', {}, rules, null],
  ['a claim of another shape', { groups: { ops: true } }, rules, null],
  ['numbers among the words', { groups: [1, null, 'ops'] }, rules, 'admin'],
  ['a path into objects', { realm_access: { roles: ['ops'] } }, nested, 'admin'],
  ['a path that ends early', { realm_access: 'ops' }, nested, null],
  ['a path to what every object inherits', { groups: [] }, { ...rules, rolesClaim: 'constructor.name' }, null],
  ['a name with dots in it', { 'realm_access.roles': ['audit'] }, nested, 'auditor'],
  ['everybody', {}, everybody, 'user'],
  ['everybody, and more', { groups: ['ops'] }, everybody, 'admin'],
])('the role by %s', (_name, claims, by, role) => {
  expect(roleOf(claims, by)).toBe(role);
});

test.each<[string, Claims, string | null]>([
  ['a name', { preferred_username: 'ada' }, 'ada'],
  ['spaces around it', { preferred_username: ' ada ' }, 'ada'],
  ['nothing but spaces', { preferred_username: '  ' }, null],
  ['a number', { preferred_username: 7 }, null],
  ['no claim', { sub: 'x' }, null],
])('the name by %s', (_name, claims, name) => {
  expect(usernameOf(claims, rules)).toBe(name);
});

test('claims are complete with a name and groups, even if these are empty', () => {
  expect(isComplete({ preferred_username: 'ada', groups: [] }, rules)).toBe(true);
  expect(isComplete({ preferred_username: 'ada' }, rules)).toBe(false);
  expect(isComplete({ groups: ['ops'] }, rules)).toBe(false);
});
