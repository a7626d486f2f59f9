import { expect, test } from 'vitest';
import { judgeRefusal, retryAfterMs, type Reply } from './answer.ts';

function reply(status: number, changes: Partial<Reply> = {}): Reply {
  return { status, retryAfter: null, date: null, body: undefined, ...changes };
}

const ours = (code: string) => ({ code, detail: 'because' });

test.each([
  [401, ours('credential_invalid'), 'unauthorized'],
  [403, undefined, 'unauthorized'],
  [409, ours('lease_lost'), 'lease_lost'],
  [426, ours('protocol_unsupported'), 'unsupported'],
  [429, ours('too_many_requests'), 'wait'],
  [503, ours('schema_behind'), 'wait'],
  [503, undefined, 'wait'],
  [400, ours('request_invalid'), 'rejected'],
  [404, ours('not_found'), 'rejected'],
  [413, ours('body_too_large'), 'rejected'],
  [400, undefined, 'unreachable'],
  [404, 'Not found', 'unreachable'],
  [408, ours('timeout'), 'unreachable'],
  [500, ours('internal'), 'unreachable'],
  [502, undefined, 'unreachable'],
  [301, undefined, 'unreachable'],
])('%i with %j is %s', (status, body, kind) => {
  expect(judgeRefusal(reply(status, { body })).kind).toBe(kind);
});

test('426 brings the window, if the manager tells it', () => {
  const window = { min: 2, max: 3 };
  expect(judgeRefusal(reply(426, { body: { code: 'protocol_unsupported', window } }))).toEqual({
    kind: 'unsupported',
    window,
  });
  expect(judgeRefusal(reply(426))).toEqual({ kind: 'unsupported', window: undefined });
});

test.each([
  ['30', null, 30_000],
  [' 0 ', null, 0],
  ['Sun, 22 Nov 2026 20:01:00 GMT', 'Sun, 22 Nov 2026 20:00:00 GMT', 60_000],
  ['Sun, 22 Nov 2026 19:00:00 GMT', 'Sun, 22 Nov 2026 20:00:00 GMT', 0],
  ['Sun, 22 Nov 2026 20:01:00 GMT', null, undefined],
  ['soon', 'Sun, 22 Nov 2026 20:00:00 GMT', undefined],
  ['-5', null, undefined],
  [null, null, undefined],
])('Retry-After %j by the clock %j is %j', (header, date, expected) => {
  expect(retryAfterMs(header, date)).toBe(expected);
});
