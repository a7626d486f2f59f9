import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { bundleStates, type BundleState } from '../../contract/index.ts';
import { planRetention, type KeptBundle } from '../retention/index.ts';
import { planCopies } from './plan.ts';

const terms = {
  policy: { last: 3, daily: 0, weekly: 0, monthly: 0 },
  now: new Date('2026-11-22T12:00:00Z'),
  zone: 'UTC',
};

function bundle(day: number, over: Partial<KeptBundle> = {}): KeptBundle {
  const createdAt = new Date(Date.UTC(2026, 10, day, 2, 10)).toISOString();
  return { id: String(day), createdAt, state: 'verified', pinned: false, ...over };
}

const ids = (bundles: readonly KeptBundle[]) => bundles.map(({ id }) => id);

test('a place that has nothing lacks what its rules keep, the newest first', () => {
  const plan = planCopies({ home: [10, 11, 12, 13, 14].map((day) => bundle(day)), there: [] }, terms);
  expect(plan).toMatchObject({ wanted: 3, there: 0 });
  expect(ids(plan.missing)).toEqual(['14', '13', '12']);
});

test('a place that has all its rules keep lacks nothing, however much more is at home', () => {
  const home = [10, 11, 12, 13, 14].map((day) => bundle(day));
  expect(planCopies({ home, there: home.slice(2) }, terms)).toEqual({ wanted: 3, there: 3, missing: [] });
});

test('one in the middle that was missed is lacking; one that would go again at once is not', () => {
  const [, , second, third, fourth] = [10, 11, 12, 13, 14].map((day) => bundle(day));
  const home = [10, 11, 12, 13, 14].map((day) => bundle(day));
  const there = [second, fourth].filter((each) => each !== undefined);
  expect(ids(planCopies({ home, there }, terms).missing)).toEqual([third?.id]);
});

test('an older bundle that is only there counts as long as a rule keeps it, and cannot be lacking', () => {
  expect(planCopies({ home: [bundle(14)], there: [bundle(1)] }, terms)).toMatchObject({ wanted: 2, there: 1 });
});

test('a damaged bundle is not brought anywhere, and one that is damaged there is not covered', () => {
  const home = [bundle(13), bundle(14, { state: 'damaged' })];
  expect(planCopies({ home, there: [bundle(13, { state: 'damaged' })] }, terms)).toEqual({
    wanted: 1,
    there: 0,
    missing: [],
  });
});

test('a pinned bundle is wanted, however old it is', () => {
  const home = [bundle(1, { pinned: true }), bundle(12), bundle(13), bundle(14)];
  expect(ids(planCopies({ home, there: home.slice(1) }, terms).missing)).toEqual(['1']);
});

const arbitrary = fc.uniqueArray(
  fc.record({
    day: fc.integer({ min: 1, max: 22 }),
    state: fc.constantFrom<BundleState>(...bundleStates),
    pinned: fc.boolean(),
  }),
  { selector: ({ day }) => day, maxLength: 15 },
);
const asBundles = (list: readonly { day: number; state: BundleState; pinned: boolean }[]) =>
  list.map(({ day, ...rest }) => bundle(day, rest));

test('once all that is missing was brought nothing is missing, and retention takes none of it away', () => {
  fc.assert(
    fc.property(arbitrary, arbitrary, (atHome, elsewhere) => {
      const [home, there] = [asBundles(atHome), asBundles(elsewhere)];
      const { missing } = planCopies({ home, there }, terms);
      const after = [...there, ...missing];
      expect(planCopies({ home, there: after }, terms).missing).toEqual([]);
      const pinnedAtHome = new Set(home.filter(({ pinned }) => pinned).map(({ id }) => id));
      const known = after.map((each) =>
        bundle(Number(each.id), { ...each, pinned: each.pinned || pinnedAtHome.has(each.id) }),
      );
      const kept = planRetention(known, terms).filter(({ keptBy }) => keptBy.length > 0);
      for (const { id } of missing) expect(kept.map((each) => each.id)).toContain(id);
    }),
  );
});
