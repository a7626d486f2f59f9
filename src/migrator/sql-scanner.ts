/** One statement of a file, comments and blank space around it left out. */
export interface SqlStatement {
  /** Offsets into the text, in UTF-16 units; `end` is past the last character, without the semicolon. */
  readonly start: number;
  readonly end: number;
  /** The first tokens, of `copy` all of them: words in lower case, quoted names without their quotes, single characters. */
  readonly lead: readonly string[];
}

export interface SqlScan {
  readonly statements: readonly SqlStatement[];
  /** Offset of the first backslash outside any quotes: where psql would read a command of its own; -1 if none. */
  readonly metaCommandAt: number;
  /** What the file leaves open at its end, such as a comment or a quoted text; undefined if nothing. */
  readonly unterminated: string | undefined;
}

const leadLength = 16;

interface Cursor {
  readonly sql: string;
  at: number;
  metaCommandAt: number;
  unterminated: string | undefined;
  statements: SqlStatement[];
  open: OpenStatement | undefined;
}

interface OpenStatement {
  start: number;
  end: number;
  lead: string[];
  parentheses: number;
  /** Depth of `begin atomic … end` and the `case … end` inside it: a semicolon there ends no statement. */
  atomic: number;
}

/**
 * Splits SQL into statements by the rules psql itself uses: nested comments, '…', E'…', "…", $tag$…$tag$,
 * parentheses and SQL-standard function bodies hide their semicolons. It knows no grammar beyond that.
 */
export function scanSql(sql: string): SqlScan {
  const cursor: Cursor = { sql, at: 0, metaCommandAt: -1, unterminated: undefined, statements: [], open: undefined };
  while (cursor.at < sql.length) step(cursor);
  closeStatement(cursor);
  return { statements: cursor.statements, metaCommandAt: cursor.metaCommandAt, unterminated: cursor.unterminated };
}

const blank = /\s+/y;
const lineComment = /--[^\n\r]*/y;
const word = /[\p{L}_\u0080-\uFFFF][\p{L}\p{N}_$\u0080-\uFFFF]*/uy;
const number = /\d[\w.]*/y;
const dollarQuote = /\$(?:[\p{L}_\u0080-\uFFFF][\p{L}\p{N}_\u0080-\uFFFF]*)?\$/uy;
const quotedName = /"(?:[^"]|"")*"/y;
const plainString = /'(?:[^']|'')*'/y;
const escapeString = /'(?:[^'\\]|''|\\[^])*'/y;
/** Two literals with a line break between them are one, and the second keeps the quoting of the first. */
const continuation = /(?:[ \t\f\v]|--[^\n\r]*)*[\n\r](?:\s|--[^\n\r]*)*(?=')/y;

function step(cursor: Cursor): void {
  const start = cursor.at;
  const name = match(cursor, word);
  if (name !== undefined) return wordOrPrefix(cursor, name);
  switch (cursor.sql[start] ?? '') {
    case "'":
      return literal(cursor, plainString);
    case '"':
      return quoted(cursor);
    case '$':
      return match(cursor, dollarQuote) === undefined ? symbol(cursor) : dollarQuoted(cursor);
    case '-':
      return skip(cursor, lineComment) ? undefined : symbol(cursor);
    case '/':
      return cursor.sql.startsWith('/*', start) ? blockComment(cursor) : symbol(cursor);
    default:
      return skip(cursor, blank) ? undefined : symbol(cursor);
  }
}

/** A word, or the E of an escape string. */
function wordOrPrefix(cursor: Cursor, name: string): void {
  const start = cursor.at;
  cursor.at += name.length;
  const isEscape = (name === 'e' || name === 'E') && cursor.sql[cursor.at] === "'";
  return isEscape ? literal(cursor, escapeString) : take(cursor, start, name.toLowerCase());
}

/** A number or any other single character. */
function symbol(cursor: Cursor): void {
  const start = cursor.at;
  const text = match(cursor, number) ?? cursor.sql[start] ?? '';
  cursor.at += text.length;
  if (text === '\\' && cursor.metaCommandAt === -1) cursor.metaCommandAt = start;
  return text === ';' ? semicolon(cursor) : take(cursor, start, text);
}

function match(cursor: Cursor, pattern: RegExp): string | undefined {
  pattern.lastIndex = cursor.at;
  return pattern.exec(cursor.sql)?.[0];
}

function skip(cursor: Cursor, pattern: RegExp): boolean {
  const text = match(cursor, pattern);
  cursor.at += text?.length ?? 0;
  return text !== undefined;
}

/** Runs to the end of the text and notes what was left open. */
function runOff(cursor: Cursor, what: string): void {
  cursor.at = cursor.sql.length;
  cursor.unterminated ??= what;
}

function blockComment(cursor: Cursor): void {
  const edges = /\/\*|\*\//g;
  edges.lastIndex = cursor.at;
  let depth = 0;
  for (let edge = edges.exec(cursor.sql); edge !== null; edge = edges.exec(cursor.sql)) {
    depth += edge[0] === '/*' ? 1 : -1;
    cursor.at = edges.lastIndex;
    if (depth === 0) return;
  }
  runOff(cursor, 'a /* comment');
}

function literal(cursor: Cursor, pattern: RegExp): void {
  const start = cursor.at;
  do {
    if (!skip(cursor, pattern)) {
      runOff(cursor, 'a quoted text');
      break;
    }
  } while (skip(cursor, continuation));
  take(cursor, start, "'");
}

function quoted(cursor: Cursor): void {
  const start = cursor.at;
  const text = match(cursor, quotedName);
  if (text === undefined) runOff(cursor, 'a quoted name');
  else cursor.at += text.length;
  take(cursor, start, (text ?? '""').slice(1, -1).replaceAll('""', '"'));
}

function dollarQuoted(cursor: Cursor): void {
  const start = cursor.at;
  const tag = match(cursor, dollarQuote) ?? '$$';
  const end = cursor.sql.indexOf(tag, start + tag.length);
  if (end === -1) runOff(cursor, `a ${tag} text`);
  else cursor.at = end + tag.length;
  take(cursor, start, tag);
}

/** Adds a token to the statement being read, beginning one if there is none. */
function take(cursor: Cursor, start: number, token: string): void {
  cursor.open ??= { start, end: start, lead: [], parentheses: 0, atomic: 0 };
  const { open } = cursor;
  open.end = cursor.at;
  // Only after all its columns does a copy say where the rows come from.
  if (open.lead.length < leadLength || open.lead[0] === 'copy') open.lead.push(token);
  if (token === '(') open.parentheses += 1;
  if (token === ')') open.parentheses = Math.max(0, open.parentheses - 1);
  if (open.parentheses === 0) trackRoutineBody(open, token);
}

function trackRoutineBody(open: OpenStatement, token: string): void {
  if (token === 'begin' && isRoutine(open.lead)) open.atomic += 1;
  if (token === 'case' && open.atomic > 0) open.atomic += 1;
  if (token === 'end' && open.atomic > 0) open.atomic -= 1;
}

function isRoutine(lead: readonly string[]): boolean {
  return /^create (or replace )?(function|procedure) /.test(lead.join(' '));
}

function semicolon(cursor: Cursor): void {
  const { open } = cursor;
  if (open === undefined) return;
  if (open.parentheses > 0 || open.atomic > 0) return take(cursor, cursor.at - 1, ';');
  closeStatement(cursor);
}

function closeStatement(cursor: Cursor): void {
  if (cursor.open !== undefined) {
    const { start, end, lead } = cursor.open;
    cursor.statements.push({ start, end, lead });
  }
  cursor.open = undefined;
}
