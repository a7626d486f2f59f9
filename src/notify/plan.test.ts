import { expect, test } from 'vitest';
import type { Reason, ReleasePosture } from '../contract/index.ts';
import { healthyPosture } from '../../test/testkit/memory-posture.ts';
import { planSpeech } from './plan.ts';
import { listSubjects } from './subjects.ts';
import { bodyText, subjectLine } from './text.ts';
import { hold, type Holding } from './turns.ts';
import type { Said } from './types.ts';

const start = Date.parse('2026-05-01T00:00:00Z');
const at = (seconds: number): Date => new Date(start + seconds * 1000);

const failed: Reason = {
  code: 'backup_failed',
  severity: 'warn',
  part: 'backup',
  message: 'the backup begun on 2026-05-01 failed: the disk is full',
  remedy: 'plimsoll backup take',
};

function postureWith(status: ReleasePosture['verdict']['status'], reasons: readonly Reason[]): ReleasePosture {
  const posture = healthyPosture();
  return { ...posture, verdict: { status, headline: 'Not yet: 1 thing to do.', reasons: [...reasons] } };
}

function follow(said: readonly Said[], posture: ReleasePosture, from: number, host = 'one') {
  const holding: Holding = hold(new Map(), listSubjects(posture), at(from));
  return planSpeech(said, holding, { posture, host, now: at(from + 200), reminderMs: 0 });
}

test('what the message about the verdict says already is not said again beside it, but remembered', () => {
  const calm = follow([], healthyPosture(), 0);
  expect(calm.messages).toEqual([]);
  const { messages, said } = follow(calm.said, postureWith('attention', [failed]), 300);
  expect(messages).toMatchObject([
    {
      type: 'verdict.changed',
      subject: 'verdict',
      before: 'ok',
      value: 'attention',
      reasons: [{ code: 'backup_failed' }],
    },
  ]);
  expect(said.map(({ key, value }) => `${key} ${value}`)).toEqual(['verdict attention', 'backup_failed on']);
  expect(new Set(said.map(({ messageId }) => messageId)).size).toBe(1);
});

test('a trouble that comes while the verdict stays is told by itself, and so is its end', () => {
  const other: Reason = { ...failed, code: 'schema_drift', part: 'jobs' };
  const before = follow([], postureWith('attention', [other]), 0).said;
  const began = follow(before, postureWith('attention', [other, failed]), 4000);
  expect(began.messages).toMatchObject([{ type: 'trouble.began', subject: 'backup_failed', severity: 'critical' }]);
  const known = before.filter(({ key }) => key !== 'backup_failed').concat(began.said);
  const ended = follow(known, postureWith('attention', [other]), 9000);
  expect(ended.messages).toMatchObject([{ type: 'trouble.ended', severity: 'recovered', before: 'on', value: 'off' }]);
});

test('a backup service that does not answer has mended nothing', () => {
  const posture = postureWith('unknown', []);
  const away = { ...posture, lastBackup: { ...posture.lastBackup, status: 'unavailable' as const } };
  expect(listSubjects(away).map(({ key }) => key)).toEqual(['verdict', 'scanners_outside_window']);
});

test('two managers that saw the same turn make the same id, and the next turn has another', () => {
  const calm = follow([], healthyPosture(), 0).said;
  const [one] = follow(calm, postureWith('stopped', []), 4000, 'one').messages;
  const [two] = follow(calm, postureWith('stopped', []), 4001, 'two').messages;
  expect(one?.id).toMatch(/^msg_[0-9a-f]{32}$/);
  expect(two?.id).toBe(one?.id);
  const after = follow(calm, postureWith('stopped', []), 4000).said;
  const [back] = follow(after, healthyPosture(), 9000).messages;
  const again = follow(follow(after, healthyPosture(), 9000).said, postureWith('stopped', []), 14_000).messages[0];
  expect(new Set([one?.id, back?.id, again?.id]).size).toBe(3);
});

test('people read what happened, since when, why, and what mends it', () => {
  const calm = follow([], healthyPosture(), 0).said;
  const [message] = follow(calm, postureWith('attention', [failed]), 300).messages;
  if (message === undefined) throw new Error('nothing was said');
  expect(subjectLine(message)).toBe('[Plimsoll one] Warning: Not yet: 1 thing to do. (was: running well)');
  expect(bodyText(message)).toBe(`Not yet: 1 thing to do. (was: running well).

Since:    2026-05-01T00:05:00.000Z
Told:     2026-05-01T00:08:20.000Z
Release:  1.0.0 (unknown)
Told by:  one

Why, worst first:
- backup: the backup begun on 2026-05-01 failed: the disk is full [backup_failed]
  → plimsoll backup take

Admin > Release shows it all; \`plimsoll posture\` the same in a terminal.
Message:  ${message.id}
`);
});

test('no line break of a posture gets into the header of a mail', () => {
  const posture = postureWith('stopped', []);
  posture.verdict.headline = 'Stopped\r\nBcc: everybody@example.org';
  const [message] = follow([], posture, 0).messages;
  expect(message && subjectLine(message)).toBe('[Plimsoll one] CRITICAL: Stopped Bcc: everybody@example.org');
});
