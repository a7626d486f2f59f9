import type { HistoryGap } from '../../contract/index.ts';
import type { WatchRow } from './store.ts';

/** Shorter than this is the pause between two signs of life, or a restart; what was lost is told however short it is. */
const shortestGapMs = 60_000;

const causes = {
  started: ['no_manager', 'no manager was running, or what it saw was lost with it'],
  overflowed: ['config_unreachable', 'config was unreachable for longer than a manager keeps what it cannot write'],
  restored: ['config_restored', 'config was brought back to an earlier state, without what had been recorded since'],
} as const satisfies Record<WatchRow['because'], readonly [HistoryGap['cause'], string]>;

/**
 * The times up to `until` that no watch covers, oldest first; before the first watch there is no history, hence no gap. Pure.
 */
export function listGaps(watches: readonly WatchRow[], until: Date): HistoryGap[] {
  const ordered = [...watches].sort((a, b) => a.begunAt.getTime() - b.begunAt.getTime());
  const gaps: HistoryGap[] = [];
  let covered: Date | undefined;
  for (const { begunAt, seenAt, because } of ordered) {
    const shortestMs = because === 'started' ? shortestGapMs : 1;
    if (covered !== undefined && begunAt.getTime() - covered.getTime() >= shortestMs)
      gaps.push(gapOf(covered, begunAt, because));
    if (covered === undefined || seenAt > covered) covered = seenAt;
  }
  const silent = covered !== undefined && until.getTime() - covered.getTime() >= shortestGapMs;
  return silent && covered !== undefined ? [...gaps, gapOf(covered, until, 'started')] : gaps;
}

function gapOf(from: Date, to: Date, because: WatchRow['because']): HistoryGap {
  const [cause, why] = causes[because];
  const message = `nothing was recorded from ${minuteOf(from)} to ${minuteOf(to)}: ${why}`;
  return { kind: 'gap', from: from.toISOString(), to: to.toISOString(), cause, why, message };
}

function minuteOf(time: Date): string {
  return `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
