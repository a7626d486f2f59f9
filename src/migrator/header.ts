import { migratorError } from './errors.ts';

export interface Header {
  readonly transactional: boolean;
  readonly oldestCompatible: number;
}

interface HeaderSource {
  readonly path: string;
  readonly version: number;
  readonly sql: string;
  /** Offset of the first statement: a directive after it would be read by nobody. */
  readonly firstStatementAt: number;
}

const directive = /^[ \t]*--[ \t]*plimsoll:(.*)$/gm;

/** Reads the `-- plimsoll: key=value` lines at the head of a migration; throws migration_header_*. */
export function parseHeader(source: HeaderSource): Header {
  const header: Header = { transactional: true, oldestCompatible: Math.max(0, source.version - 1) };
  const seen = new Set<string>();
  for (const found of source.sql.matchAll(directive)) {
    const text = (found[1] ?? '').trim();
    if (found.index > source.firstStatementAt) throw misplaced(source, text);
    const [, key, value] = /^([a-z-]+)\s*=\s*(\S+)$/.exec(text) ?? [];
    if (key === undefined || value === undefined) throw malformed(source, text, 'key=value');
    if (seen.has(key)) throw malformed(source, text, `${key} once`);
    seen.add(key);
    Object.assign(header, parseDirective(source, key, value));
  }
  return header;
}

function parseDirective(source: HeaderSource, key: string, value: string): Partial<Header> {
  if (key === 'transaction') return parseTransaction(source, value);
  if (key === 'oldest-compatible') return parseOldestCompatible(source, value);
  throw migratorError('migration_header_unknown', {
    message: `${source.path}: the header key "${key}" is not one of transaction, oldest-compatible`,
    hint: `Correct or remove the line \`-- plimsoll: ${key}=${value}\`.`,
    details: { path: source.path, key },
  });
}

function parseTransaction(source: HeaderSource, value: string): Partial<Header> {
  if (value !== 'none') throw malformed(source, `transaction=${value}`, 'transaction=none');
  return { transactional: false };
}

function parseOldestCompatible(source: HeaderSource, value: string): Partial<Header> {
  if (!/^\d{1,4}$/.test(value)) throw malformed(source, `oldest-compatible=${value}`, 'oldest-compatible=<number>');
  const oldestCompatible = Number(value);
  const lowest = source.version === 1 ? 0 : 1;
  if (oldestCompatible >= lowest && oldestCompatible <= source.version) return { oldestCompatible };
  throw migratorError('migration_oldest_compatible_invalid', {
    message: `${source.path}: oldest-compatible is ${oldestCompatible}, expected ${lowest} to ${source.version}`,
    hint: 'Name the oldest schema version whose software still runs after this migration; the version itself means that none older does.',
    details: { path: source.path, found: oldestCompatible, lowest, highest: source.version },
  });
}

function malformed(source: HeaderSource, found: string, expected: string): Error {
  return migratorError('migration_header_malformed', {
    message: `${source.path}: found the header line "-- plimsoll: ${found}", expected ${expected}`,
    hint: 'Write it as `-- plimsoll: transaction=none` or `-- plimsoll: oldest-compatible=6`, each at most once.',
    details: { path: source.path, found, expected },
  });
}

function misplaced(source: HeaderSource, found: string): Error {
  return migratorError('migration_header_misplaced', {
    message: `${source.path}: the line "-- plimsoll: ${found}" stands after the first statement, where it has no effect`,
    hint: 'Move it to the top of the file.',
    details: { path: source.path, found },
  });
}
