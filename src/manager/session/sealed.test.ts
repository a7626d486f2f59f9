import { expect, it } from 'vitest';
import { judgeSession, type SealedSession, type SessionEvidence } from './sealed.ts';
import type { DirectoryReading } from './directory.ts';
import type { UserStanding } from '../../accounts/index.ts';

const now = new Date('2026-01-01T12:00:00Z');
const issuedAt = now.getTime() - 60_000;
const sealed: SealedSession = { method: 'password', userId: 'u1', username: 'ada', role: 'user', epoch: 3, issuedAt };
const ada: UserStanding = { id: 'u1', username: 'ada', role: 'user', disabled: false, sessionEpoch: 3 };

function directory(users: readonly UserStanding[], readAtMs = now.getTime()): DirectoryReading {
  return { readAt: new Date(readAtMs), users: new Map(users.map((user) => [user.id, user])), tokens: new Map() };
}

function judge(evidence: Partial<SessionEvidence>, session: SealedSession = sealed) {
  return judgeSession(session, { now, directory: directory([ada]), recovery: undefined, ...evidence });
}

it.each([
  ['the user is as at sign-in', directory([ada]), true],
  ['users were never read', null, true],
  ['the user was switched off', directory([{ ...ada, disabled: true }]), false],
  ['the password was changed since', directory([{ ...ada, sessionEpoch: 4 }]), false],
  [
    'the directory is older than a change of the password that the session knows',
    directory([{ ...ada, sessionEpoch: 2 }]),
    true,
  ],
  ['the user is gone', directory([]), false],
  ['the user was added after the users were read', directory([], issuedAt - 1), true],
])('when %s, a session goes on: %s', (_, reading, goesOn) => {
  expect(judge({ directory: reading }) !== null).toBe(goesOn);
});

it('takes the role from the directory, so that a change of it counts at once', () => {
  expect(judge({ directory: directory([{ ...ada, role: 'admin' }]) })?.role).toBe('admin');
  expect(judge({ directory: null })?.role).toBe('user');
});

it('ends a recovery session when the token it came from is no longer in force', () => {
  const recovery: SealedSession = { method: 'recovery', token: 'print', issuedAt };
  expect(judge({ recovery: 'print' }, recovery)).toMatchObject({ username: 'recovery', role: 'auditor' });
  expect(judge({ recovery: 'other' }, recovery)).toBeNull();
  expect(judge({ recovery: undefined }, recovery)).toBeNull();
});
