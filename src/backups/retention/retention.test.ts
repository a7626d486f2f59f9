import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { bundleStates, type BundleState } from '../../contract/index.ts';
import { calendarIn } from './calendar.ts';
import { parseRetention, planRetention } from './index.ts';
import type { KeptBundle } from './plan.ts';

const now = new Date('2026-11-22T12:00:00Z');
const none = { last: 1, daily: 0, weekly: 0, monthly: 0 };

function bundle(createdAt: string, over: Partial<KeptBundle> = {}): KeptBundle {
  return { id: createdAt, createdAt: new Date(createdAt).toISOString(), state: 'verified', pinned: false, ...over };
}

function kept(bundles: readonly KeptBundle[], policy: Partial<typeof none>, zone = 'UTC'): string[] {
  const decisions = planRetention(bundles, { policy: { ...none, ...policy }, now, zone });
  return decisions.filter((decision) => decision.keptBy.length > 0).map((decision) => decision.id);
}

/** One a day at 02:10 UTC, newest first. */
function nightly(days: number): KeptBundle[] {
  return Array.from({ length: days }, (_, day) => bundle(new Date(Date.UTC(2026, 10, 22 - day, 2, 10)).toISOString()));
}

test('the last ones stay', () => {
  expect(kept(nightly(5), { last: 2 })).toEqual(['2026-11-22T02:10:00.000Z', '2026-11-21T02:10:00.000Z']);
});

test('of each day, week and month the newest stays, for as many as have any', () => {
  const keptDays = kept(nightly(400), { last: 1, daily: 3, weekly: 3, monthly: 3 }).map((id) => id.slice(0, 10));
  expect(keptDays).toEqual([
    '2026-11-22',
    '2026-11-21',
    '2026-11-20',
    '2026-11-15',
    '2026-11-08',
    '2026-10-31',
    '2026-09-30',
  ]);
});

test('days without a bundle are not counted', () => {
  const sparse = [bundle('2026-11-22T02:00:00Z'), bundle('2026-10-01T02:00:00Z'), bundle('2026-01-01T02:00:00Z')];
  expect(kept(sparse, { daily: 3 })).toHaveLength(3);
});

test('a day begins where the zone says so', () => {
  const evening = [bundle('2026-11-21T23:30:00Z'), bundle('2026-11-21T22:30:00Z')];
  expect(kept(evening, { daily: 2 }, 'UTC')).toHaveLength(1);
  expect(kept(evening, { daily: 2 }, 'Europe/Berlin')).toHaveLength(2);
});

test.for([
  ['2026-12-31T12:00:00Z', '2026-W53'],
  ['2027-01-01T12:00:00Z', '2026-W53'],
  ['2027-01-04T12:00:00Z', '2027-W01'],
  ['2024-12-30T12:00:00Z', '2025-W01'],
] as const)('%s is in week %s', ([instant, week]) => {
  expect(calendarIn('UTC').week(new Date(instant))).toBe(week);
});

test('a damaged bundle takes no place from a whole one, and is not thrown away for it either', () => {
  const bundles = [bundle('2026-11-22T02:00:00Z', { state: 'damaged' }), ...nightly(4).slice(1)];
  expect(kept(bundles, { last: 2 })).toEqual([
    '2026-11-22T02:00:00Z',
    '2026-11-21T02:10:00.000Z',
    '2026-11-20T02:10:00.000Z',
  ]);
});

test('while every bundle is damaged none goes', () => {
  const bundles = nightly(9).map((each) => bundle(each.createdAt, { state: 'damaged' }));
  expect(kept(bundles, { last: 1 })).toHaveLength(9);
});

test('bundles from a clock that was ahead stay, and push out none of today', () => {
  const ahead = [bundle('2031-01-01T00:00:00Z'), bundle('2031-01-02T00:00:00Z')];
  expect(kept([...ahead, ...nightly(3)], { last: 1 })).toEqual([
    '2031-01-02T00:00:00Z',
    '2031-01-01T00:00:00Z',
    '2026-11-22T02:10:00.000Z',
  ]);
});

test('every bundle that stays says why', () => {
  const bundles = nightly(3);
  const [newest, , oldest] = planRetention(
    bundles.map((each, index) =>
      bundle(each.createdAt, { pinned: index === 2, state: index === 2 ? 'proven' : 'completed' }),
    ),
    { policy: { ...none, daily: 1 }, now, zone: 'UTC' },
  );
  expect(newest?.keptBy).toEqual(['last_whole', 'last', 'daily']);
  expect(oldest?.keptBy).toEqual(['pinned', 'last_proven']);
});

const arbitraryBundles = fc
  .uniqueArray(
    fc.record({
      hour: fc.integer({ min: -48, max: 24 * 500 }),
      state: fc.constantFrom<BundleState>(...bundleStates),
      pinned: fc.boolean(),
    }),
    { selector: (each) => each.hour, maxLength: 40 },
  )
  .map((list) =>
    list.map(({ hour, ...rest }) => bundle(new Date(now.getTime() - hour * 3_600_000).toISOString(), rest)),
  );
const arbitraryPolicy = fc.record({
  last: fc.integer({ min: 1, max: 10 }),
  daily: fc.nat(10),
  weekly: fc.nat(10),
  monthly: fc.nat(10),
});
const arbitraryZone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/St_Johns', 'Pacific/Kiritimati');

test('whatever the bundles and the policy: pinned, last proven and last whole ones stay', () => {
  fc.assert(
    fc.property(arbitraryBundles, arbitraryPolicy, arbitraryZone, (bundles, policy, zone) => {
      const stay = new Set(kept(bundles, policy, zone));
      const past = bundles.filter((each) => Date.parse(each.createdAt) <= now.getTime());
      const newest = (list: readonly KeptBundle[]) =>
        list
          .map((each) => each.id)
          .sort()
          .at(-1);
      for (const each of bundles) if (each.pinned) expect(stay).toContain(each.id);
      const proven = newest(past.filter((each) => each.state === 'proven'));
      const whole = newest(past.filter((each) => each.state !== 'damaged'));
      if (proven !== undefined) expect(stay).toContain(proven);
      if (whole !== undefined) expect(stay).toContain(whole);
      else expect(stay.size).toBe(bundles.length);
    }),
  );
});

test('deciding twice decides the same, whatever the order the bundles come in', () => {
  fc.assert(
    fc.property(arbitraryBundles, arbitraryPolicy, arbitraryZone, (bundles, policy, zone) => {
      const once = kept(bundles, policy, zone);
      const remaining = bundles.filter((each) => once.includes(each.id));
      expect(kept(remaining.toReversed(), policy, zone)).toEqual(once);
    }),
  );
});

test('a more generous policy keeps all that a stricter one keeps', () => {
  fc.assert(
    fc.property(
      arbitraryBundles,
      arbitraryPolicy,
      fc.constantFrom('last', 'daily', 'weekly', 'monthly'),
      (all, policy, rule) => {
        const strict = kept(all, policy);
        const generous = new Set(kept(all, { ...policy, [rule]: policy[rule] + 1 }));
        expect(strict.filter((id) => !generous.has(id))).toEqual([]);
      },
    ),
  );
});

test('no more than the rules allow stay of plain bundles', () => {
  fc.assert(
    fc.property(arbitraryBundles, arbitraryPolicy, (bundles, policy) => {
      const plain = bundles
        .filter((each) => Date.parse(each.createdAt) <= now.getTime())
        .map((each) => bundle(each.createdAt, { state: 'completed', pinned: false }));
      const most = policy.last + policy.daily + policy.weekly + policy.monthly;
      expect(kept(plain, policy).length).toBeLessThanOrEqual(most);
    }),
  );
});

test('a policy is read as it is written', () => {
  expect(parseRetention('BACKUP_RETENTION', 'last=7,daily=7, weekly=4,monthly=6')).toEqual({
    last: 7,
    daily: 7,
    weekly: 4,
    monthly: 6,
  });
  expect(parseRetention('BACKUP_RETENTION', 'daily=3')).toEqual({ ...none, daily: 3 });
});

test.for(['', 'last', 'last=', 'last=-1', 'last=0', 'last=1,last=2', 'yearly=1', 'last=99999', 'last=1;daily=2'])(
  'the policy %j is refused by its setting’s name',
  (text) => {
    expect(() => parseRetention('BACKUP_RETENTION', text)).toThrow(/^BACKUP_RETENTION cannot be read/);
  },
);
