import type { Node } from 'libpg-query';
import { messageOf } from '../../base/index.ts';

/** One statement of a migration, as the real Postgres parser reads it. */
export interface ParsedStatement {
  /** Its kind, such as `AlterTableStmt`, and what it holds. */
  readonly node: Node;
  /** Line of the file on which it begins, from 1. */
  readonly line: number;
}

/** The statements of a text, or why the parser of Postgres 18 refuses it. */
export type Parsed = { readonly statements: readonly ParsedStatement[] } | { readonly problem: string };

/** Reads SQL with the parser of Postgres itself. Never throws: what it cannot read is a problem with its reason. */
export async function parseSql(sql: string): Promise<Parsed> {
  try {
    // Loaded only here: nobody else pays for a parser compiled to WebAssembly.
    const { parse } = await import('libpg-query');
    const { stmts = [] } = await parse(sql);
    // The parser counts bytes, from the end of the statement before.
    const bytes = Buffer.from(sql);
    const statements = stmts.flatMap(({ stmt, stmt_location = 0 }) =>
      stmt === undefined ? [] : [{ node: stmt, line: lineAt(bytes, stmt_location) }],
    );
    return { statements };
  } catch (error) {
    return { problem: messageOf(error) };
  }
}

/** The line of the first word at or after an offset: comments and blank lines stand before their statement. */
function lineAt(bytes: Buffer, offset: number): number {
  const rest = bytes.subarray(offset).toString();
  const lead = /^(?:\s+|--[^\n]*\n|\/\*[\s\S]*?\*\/)*/.exec(rest)?.[0] ?? '';
  return (bytes.subarray(0, offset).toString() + lead).split('\n').length;
}
