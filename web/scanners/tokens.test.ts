import { describe, expect, test } from 'vitest';
import { before, now } from '../fixtures/parts.ts';
import { token } from '../fixtures/fleets.ts';
import { partTokens, tokenState } from './tokens.ts';

describe('an enrolment token', () => {
  test.each([
    ['open', 'while it has uses left and time', {}],
    ['used up', 'with its last use', { uses: 5 }],
    ['expired', 'from the moment it says', { expiresAt: before({}) }],
    ['revoked', 'even if it is also expired and used up', { revokedAt: before({}), uses: 5, expiresAt: before({}) }],
  ] as const)('is %s %s', (state, _when, changes) => {
    expect(tokenState(token(1, changes), now)).toBe(state);
  });

  test('is listed among the open ones or among the ended ones, in the order given', () => {
    const tokens = [token(1), token(2, { uses: 5 }), token(3), token(4, { revokedAt: before({}) })];
    const { open, ended } = partTokens(tokens, now);
    expect(open).toEqual([tokens[0], tokens[2]]);
    expect(ended).toEqual([tokens[1], tokens[3]]);
  });
});
