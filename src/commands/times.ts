/** A time to the minute, in UTC, or a word when there is none. */
export function renderTime(time: Date | null, otherwise = '-'): string {
  return time === null ? otherwise : `${time.toISOString().slice(0, 16).replace('T', ' ')}Z`;
}
