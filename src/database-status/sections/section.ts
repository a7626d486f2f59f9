import type { RunSql } from '../../postgres/index.ts';

/** One part of a reading: how it is read, in a read-only transaction of its own, and what of it a role may be unable to see. */
export interface Section<T> {
  readonly read: (run: RunSql) => Promise<T>;
  readonly hidden?: (value: T) => string | null;
}

/** A moment of the server as the contract tells it. */
export function instant(at: Date | null): string | null {
  return at === null ? null : at.toISOString();
}

const longestStatement = 300;

/** A statement on one line, shortened; one that names a password is not told, for it may hold it. */
export function tellStatement(text: string | null): string | null {
  if (text === null || text === '' || text === '<insufficient privilege>') return null;
  if (/password/i.test(text)) return 'not shown: it names a password';
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > longestStatement ? `${line.slice(0, longestStatement)}…` : line;
}

/** Rows with their statements as they may be told. */
export function tellStatements<T extends { readonly statement: string | null }>(rows: readonly T[]): T[] {
  return rows.map((row) => Object.assign(row, { statement: tellStatement(row.statement) }));
}
