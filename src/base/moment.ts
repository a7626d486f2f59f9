/** A moment as a person writes it, and how far it reaches: a date alone reaches to the end of its day. */
export interface MomentRange {
  readonly first: Date;
  readonly last: Date;
}

const shape = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2}(?:\.\d{1,3})?)?)?(Z|[+-]\d{2}:\d{2})?$/;

/** Reads `2026-05-03`, `2026-05-03T12:00`, with seconds and with an offset if wanted; without one it is UTC. Undefined: it is none. */
export function parseMoment(text: string): MomentRange | undefined {
  const [, day, minute, second = ':00', zone = 'Z'] = shape.exec(text) ?? [];
  if (day === undefined || !isDay(day)) return undefined;
  const first = new Date(`${day}T${minute ?? '00:00'}${second}${zone}`);
  if (Number.isNaN(first.getTime())) return undefined;
  return { first, last: minute === undefined ? new Date(first.getTime() + 86_400_000 - 1) : first };
}

/** `Date` takes the thirty-first of February for the third of March. */
function isDay(day: string): boolean {
  const midnight = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
}
