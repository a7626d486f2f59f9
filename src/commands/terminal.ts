import { styleText } from 'node:util';
import type { Output } from './command.ts';

/** How much a line matters: in colour on a terminal, and always told by its mark too. */
export type Tone = 'good' | 'bad' | 'attention' | 'quiet';

const colours = { good: 'green', bad: 'red', attention: 'yellow', quiet: 'dim' } as const;

/** Colours a text if it goes to a terminal. */
export function paint(output: Output, tone: Tone, text: string): string {
  return output.isTTY === true ? styleText(colours[tone], text, { validateStream: false }) : text;
}

/** The mark before a line. */
export function markOf(output: Output, tone: Tone): string {
  return paint(output, tone, { good: '✓', bad: '✗', attention: '!', quiet: '·' }[tone]);
}

/** Rows as columns, each as wide as its widest cell; the last is left as it is. */
export function alignColumns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows.reduce<number[]>((widest, row) => {
    row.forEach((cell, column) => (widest[column] = Math.max(widest[column] ?? 0, cell.length)));
    return widest;
  }, []);
  return rows.map((row) =>
    row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join('  '),
  );
}

/** Prints a value as indented JSON. */
export function writeJson(output: Output, value: unknown): void {
  output.write(`${JSON.stringify(value, null, 2)}\n`);
}
