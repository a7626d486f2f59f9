/** Names of the periods an instant falls into. */
export interface Calendar {
  /** `2026-11-22`. */
  readonly day: (instant: Date) => string;
  /** `2026-W47`: weeks begin on Monday, as ISO 8601 counts them. */
  readonly week: (instant: Date) => string;
  /** `2026-11`. */
  readonly month: (instant: Date) => string;
}

const dayMs = 86_400_000;

/** The calendar of an IANA time zone. */
export function calendarIn(zone: string): Calendar {
  // en-CA writes a date as ISO 8601 does.
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  const day = (instant: Date): string => format.format(instant);
  return { day, week: (instant) => isoWeek(day(instant)), month: (instant) => day(instant).slice(0, 7) };
}

/** A week belongs to the year that its Thursday is in. */
function isoWeek(day: string): string {
  const date = new Date(`${day}T00:00:00Z`);
  const weekday = (date.getUTCDay() + 6) % 7;
  const thursday = new Date(date.getTime() + (3 - weekday) * dayMs);
  const year = thursday.getUTCFullYear();
  const week = 1 + Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / (7 * dayMs));
  return `${year}-W${String(week).padStart(2, '0')}`;
}
