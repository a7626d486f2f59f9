/** Rows as text in columns, headed and aligned; a blank line is never left at the ends. */
export function renderTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [head, ...rows].map((cells) => `${line(cells)}\n`).join('');
}

/** A time to the minute, in UTC. */
export function renderTime(time: Date | null, otherwise = '-'): string {
  return time === null ? otherwise : `${time.toISOString().slice(0, 16).replace('T', ' ')}Z`;
}
