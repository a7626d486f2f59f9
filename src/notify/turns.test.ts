import { expect, test } from 'vitest';
import { hold, planTurns, type Holding } from './turns.ts';
import type { Said } from './types.ts';

const start = Date.parse('2026-05-01T00:00:00Z');
const at = (seconds: number): Date => new Date(start + seconds * 1000);

function said(key: string, value: string, { announced = 0, turns = 1 } = {}): ReadonlyMap<string, Said> {
  const time = at(announced).toISOString();
  return new Map([[key, { key, value, since: time, announcedAt: time, messageId: 'msg_1', turns }]]);
}

function held(key: string, value: string, since: number): Holding {
  return new Map([[key, { value, since: at(since) }]]);
}

const nothing: ReadonlyMap<string, Said> = new Map();

test.each([
  [
    'a first calm verdict is remembered, not told',
    { before: nothing, holding: held('verdict', 'ok', 0), seconds: 0 },
    [],
  ],
  [
    'a first trouble is told once it has held',
    { before: nothing, holding: held('backup_failed', 'on', 0), seconds: 30 },
    ['turned on'],
  ],
  ['… and not before', { before: nothing, holding: held('backup_failed', 'on', 0), seconds: 29 }, []],
  [
    'worse is told after half a minute',
    { before: said('verdict', 'ok'), holding: held('verdict', 'stopped', 0), seconds: 30 },
    ['turned stopped'],
  ],
  [
    'better is told after two',
    { before: said('verdict', 'stopped'), holding: held('verdict', 'ok', 0), seconds: 120 },
    ['turned ok'],
  ],
  ['… and not before', { before: said('verdict', 'stopped'), holding: held('verdict', 'ok', 0), seconds: 119 }, []],
  [
    'from one trouble to a worse one is worse',
    { before: said('verdict', 'attention'), holding: held('verdict', 'stopped', 0), seconds: 30 },
    ['turned stopped'],
  ],
  [
    'calm to ready is a change as well',
    { before: said('verdict', 'ok'), holding: held('verdict', 'ready', 0), seconds: 30 },
    ['turned ready'],
  ],
  [
    'the same is not told again',
    { before: said('verdict', 'stopped'), holding: held('verdict', 'stopped', 0), seconds: 3599 },
    [],
  ],
  [
    'lasting trouble is told again when the reminder is due',
    { before: said('verdict', 'stopped'), holding: held('verdict', 'stopped', 0), seconds: 7200 },
    ['lasts stopped'],
  ],
  [
    'a bundle that is still missing too',
    { before: said('backup_none', 'on'), holding: held('backup_none', 'on', 0), seconds: 7200 },
    ['lasts on'],
  ],
  [
    'a list of things to do is no alarm',
    { before: said('verdict', 'attention'), holding: held('verdict', 'attention', 0), seconds: 7200 },
    [],
  ],
  [
    'lasting calm is not',
    { before: said('backup_none', 'off'), holding: held('backup_none', 'off', 0), seconds: 7200 },
    [],
  ],
] as const)('%s', (_title, { before, holding, seconds }, expected) => {
  const { speak } = planTurns(before, holding, { now: at(seconds), reminderMs: 7_200_000 });
  expect(speak.map(({ kind, subject }) => `${kind} ${subject.value}`)).toEqual(expected);
});

test('without reminders, lasting trouble is told once', () => {
  const { speak } = planTurns(said('verdict', 'stopped'), held('verdict', 'stopped', 0), {
    now: at(1e6),
    reminderMs: 0,
  });
  expect(speak).toEqual([]);
});

test('what comes and goes has to hold longer each time, up to half an hour, and calms down within one', () => {
  const neededWith = (turns: number, announced = 0): number => {
    const before = said('verdict', 'ok', { turns, announced });
    const since = announced + 10;
    for (let seconds = 0; seconds < 4000; seconds += 30)
      if (
        planTurns(before, held('verdict', 'stopped', since), { now: at(since + seconds), reminderMs: 0 }).speak.length >
        0
      )
        return seconds;
    return Number.POSITIVE_INFINITY;
  };
  expect([1, 2, 3, 4, 5, 20].map((turns) => neededWith(turns))).toEqual([30, 60, 120, 240, 480, 1800]);
  const calm = planTurns(said('verdict', 'ok', { turns: 20 }), held('verdict', 'stopped', 3700), {
    now: at(3730),
    reminderMs: 0,
  });
  expect(calm.speak.map(({ turns }) => turns)).toEqual([1]);
});

test('a flicker begins to hold anew, and what cannot be read goes on holding', () => {
  let holding = hold(new Map(), [{ key: 'backup_failed', value: 'on' }], at(0));
  holding = hold(holding, [{ key: 'backup_failed', value: 'off' }], at(10));
  holding = hold(holding, [{ key: 'backup_failed', value: 'on' }], at(20));
  expect(holding.get('backup_failed')).toEqual({ value: 'on', since: at(20) });
  holding = hold(holding, [], at(60));
  expect(holding.get('backup_failed')).toEqual({ value: 'on', since: at(20) });
});
