import type { PostureChange, ScannerGroup, Scanners } from '../../contract/index.ts';
import { change } from './change.ts';

/** How many groups a sentence names. */
const mostNamed = 4;

/** What has become of the fleet: who is registered, not who happens to be online. */
export function fleetChanges(was: Scanners, is: Scanners): PostureChange[] {
  return [...readingChanges(was, is), ...windowChanges(was, is), ...outsideChanges(was, is), ...groupChanges(was, is)];
}

function readingChanges(was: Scanners, is: Scanners): PostureChange[] {
  if (was.status === is.status) return [];
  if (is.status === 'ok') return [change('scanners', 'scanners_readable', 'the scanners can be counted again')];
  const why = is.error?.message ?? 'no reason given';
  return [change('scanners', 'scanners_unreadable', `the scanners could not be counted: ${why}`)];
}

function windowChanges({ window: was }: Scanners, { window: is }: Scanners): PostureChange[] {
  if (was.min === is.min && was.max === is.max) return [];
  const message = `the protocol window moved from ${was.min}–${was.max} to ${is.min}–${is.max}`;
  return [change('scanners', 'window_moved', message)];
}

function outsideChanges(was: Scanners, is: Scanners): PostureChange[] {
  const [before, now] = [countsOf(was)?.outsideWindow, countsOf(is)?.outsideWindow];
  if (before === undefined || now === undefined || before > 0 === now > 0) return [];
  return now > 0
    ? [
        change(
          'scanners',
          'scanners_outside',
          `${now} of ${countsOf(is)?.total} scanners are outside the protocol window`,
        ),
      ]
    : [change('scanners', 'scanners_inside', 'no scanner is outside the protocol window any more')];
}

function countsOf({ status, total, outsideWindow, groups, lastKnown }: Scanners) {
  if (status === 'ok') return { total, outsideWindow, groups };
  return lastKnown?.counts;
}

function groupChanges(was: Scanners, is: Scanners): PostureChange[] {
  const [before, now] = [countsOf(was), countsOf(is)];
  if (before === undefined || now === undefined) return [];
  const sizes = (groups: readonly ScannerGroup[]): Map<string, number> =>
    new Map(
      groups.map(({ binaryVersion, protocolVersion, count }) => [`${binaryVersion} (${protocolVersion})`, count]),
    );
  const [old, fresh] = [sizes(before.groups), sizes(now.groups)];
  const different = [...new Set([...old.keys(), ...fresh.keys()])]
    .map((name) => ({ name, from: old.get(name) ?? 0, to: fresh.get(name) ?? 0 }))
    .filter(({ from, to }) => isOtherSize(from, to));
  if (different.length === 0) return [];
  const named = different.slice(0, mostNamed).map(({ name, from, to }) => `${name} ${from} → ${to}`);
  const more = different.length > mostNamed ? [`${different.length - mostNamed} more`] : [];
  const message = `the fleet has other scanners, by version (protocol): ${[...named, ...more].join(', ')}`;
  return [change('scanners', 'fleet_changed', message)];
}

/** A tenth, at least one: so a fleet that grows to thousands is told in some dozens of steps. */
function isOtherSize(from: number, to: number): boolean {
  if (from === 0 || to === 0) return from !== to;
  return Math.abs(to - from) >= Math.max(1, from / 10);
}
