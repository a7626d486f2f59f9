const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** `3 min ago`, `in 2 h`; both times in milliseconds. */
export function relativeTime(at: number, now: number): string {
  const seconds = Math.round((now - at) / 1000);
  if (Math.abs(seconds) < 5) return 'just now';
  const length = span(Math.abs(seconds));
  return seconds < 0 ? `in ${length}` : `${length} ago`;
}

/** A length of time in its largest fitting unit: `45 s`, `12 min`, `5 h`, `3 days`. */
export function span(seconds: number): string {
  if (seconds < minute) return `${Math.floor(seconds)} s`;
  if (seconds < hour) return `${Math.floor(seconds / minute)} min`;
  if (seconds < 2 * day) return `${Math.floor(seconds / hour)} h`;
  return `${Math.floor(seconds / day)} days`;
}

const absoluteFormat = new Intl.DateTimeFormat('en-GB', {
  year: 'numeric',
  month: 'short',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZoneName: 'short',
});

/** `22 Nov 2026, 17:30:00 UTC` in the browser's time zone. */
export function absoluteTime(at: string): string {
  return absoluteFormat.format(new Date(at));
}

/** `Mon, 23 Nov 2026, 03:30 CET` by the clock of a time zone; in the browser's own where it does not know that one. */
export function zonedTime(at: string, timeZone: string): string {
  try {
    return zonedFormat(timeZone).format(new Date(at));
  } catch {
    return zonedFormat(undefined).format(new Date(at));
  }
}

function zonedFormat(timeZone: string | undefined): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-GB', {
    weekday: 'short',
    year: 'numeric',
    month: 'short',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
    timeZone,
  });
}

const clockFormat = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** `12:03:05` in the browser's time zone. */
export function clockTime(at: number): string {
  return clockFormat.format(at);
}

/** `12 ms`, `3.4 s`, `2 min 5 s`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${ms} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}
