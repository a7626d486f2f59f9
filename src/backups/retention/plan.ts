import type { BundleState, RetentionPolicy } from '../../contract/index.ts';
import { calendarIn } from './calendar.ts';

/** What retention has to know of a bundle on one target. */
export interface KeptBundle {
  readonly id: string;
  readonly createdAt: string;
  readonly state: BundleState;
  readonly pinned: boolean;
}

/** Why a bundle is kept; in the order in which people should read it. */
export const keepReasons = [
  'pinned',
  'last_proven',
  'last_whole',
  'nothing_whole',
  'future',
  'last',
  'daily',
  'weekly',
  'monthly',
] as const;
export type KeepReason = (typeof keepReasons)[number];

export interface RetentionDecision {
  readonly id: string;
  /** Empty: it may go. */
  readonly keptBy: readonly KeepReason[];
}

export interface RetentionTerms {
  readonly policy: RetentionPolicy;
  readonly now: Date;
  /** IANA zone in which days, weeks (from Monday) and months begin. */
  readonly zone: string;
}

/**
 * Decides which bundles of one target stay, newest first. As restic does it: `last` keeps the newest ones, each of the
 * other rules the newest of each of its newest periods that have any; a bundle goes when no rule keeps it. Beyond that:
 * pinned ones stay, the newest proven one stays, the newest one that is not damaged stays, and while every one is damaged
 * all of them stay. A damaged one takes no other's place, and stays as long as it would if it were whole, since
 * what was found may lie with the disk. One from the future, made while the clock was wrong, stays and takes no place.
 */
export function planRetention(bundles: readonly KeptBundle[], terms: RetentionTerms): RetentionDecision[] {
  const newestFirst = [...bundles].sort(byNewest);
  const reasons = new Map(newestFirst.map(({ id }) => [id, new Set<KeepReason>()]));
  const keep = (bundle: KeptBundle | undefined, reason: KeepReason) => bundle && reasons.get(bundle.id)?.add(reason);

  const past = newestFirst.filter((bundle) => Date.parse(bundle.createdAt) <= terms.now.getTime());
  const whole = past.filter((bundle) => bundle.state !== 'damaged');
  for (const bundle of newestFirst) {
    if (bundle.pinned) keep(bundle, 'pinned');
    if (!past.includes(bundle)) keep(bundle, 'future');
    if (whole.length === 0) keep(bundle, 'nothing_whole');
  }
  keep(
    past.find((bundle) => bundle.state === 'proven'),
    'last_proven',
  );
  keep(whole[0], 'last_whole');
  for (const [bundle, reason] of keptByRules(whole, terms)) keep(bundle, reason);
  for (const [bundle, reason] of keptByRules(past, terms)) if (bundle.state === 'damaged') keep(bundle, reason);
  return [...reasons].map(([id, found]) => ({ id, keptBy: keepReasons.filter((reason) => found.has(reason)) }));
}

type Kept = readonly [KeptBundle, KeepReason];

function keptByRules(newestFirst: readonly KeptBundle[], { policy, zone }: RetentionTerms): Kept[] {
  const calendar = calendarIn(zone);
  return [
    ...newestFirst.slice(0, policy.last).map((bundle): Kept => [bundle, 'last']),
    ...newestOfPeriods(newestFirst, calendar.day, policy.daily).map((bundle): Kept => [bundle, 'daily']),
    ...newestOfPeriods(newestFirst, calendar.week, policy.weekly).map((bundle): Kept => [bundle, 'weekly']),
    ...newestOfPeriods(newestFirst, calendar.month, policy.monthly).map((bundle): Kept => [bundle, 'monthly']),
  ];
}

function newestOfPeriods(
  newestFirst: readonly KeptBundle[],
  periodOf: (instant: Date) => string,
  periods: number,
): KeptBundle[] {
  const newest = new Map<string, KeptBundle>();
  for (const bundle of newestFirst) {
    const period = periodOf(new Date(bundle.createdAt));
    if (!newest.has(period)) newest.set(period, bundle);
  }
  return [...newest.values()].slice(0, periods);
}

function byNewest(left: KeptBundle, right: KeptBundle): number {
  return Date.parse(right.createdAt) - Date.parse(left.createdAt) || (left.id < right.id ? 1 : -1);
}
