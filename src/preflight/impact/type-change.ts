import type { TypeName } from 'libpg-query';
import { stringsIn } from './names.ts';

/** A type with its modifiers, such as character varying(20) or numeric(10, 2). */
interface TypeForm {
  readonly base: string;
  readonly modifiers: readonly number[];
}

/** What the parser calls types, where that is not what `format_type` does. */
const otherNames: Readonly<Record<string, string>> = {
  'character varying': 'varchar',
  bit: 'bit',
  'bit varying': 'varbit',
  'timestamp without time zone': 'timestamp',
  'timestamp with time zone': 'timestamptz',
  'time without time zone': 'time',
  decimal: 'numeric',
  integer: 'int4',
  bigint: 'int8',
  smallint: 'int2',
  boolean: 'bool',
};

/**
 * Whether every value of one type is, byte for byte, one of another, so that Postgres changes the catalogue and leaves the rows
 * alone. Sources: PostgreSQL manual, "ALTER TABLE", and the transform functions that its catalogue names (prosupport).
 */
export function keepsEveryByte(from: string, to: TypeName): boolean {
  const before = readFormatted(from);
  const after = readTypeName(to);
  if ((to.arrayBounds ?? []).length > 0) return false;
  if (isText(before) && isText(after)) return isUnbounded(after) || (before.base === after.base && fits(before, after));
  if (before.base !== after.base) return false;
  if (before.base === 'numeric') return fitsNumeric(before, after);
  if (['varbit', 'timestamp', 'timestamptz', 'time', 'timetz', 'interval'].includes(before.base))
    return isUnbounded(after) || fits(before, after);
  return before.modifiers.join() === after.modifiers.join();
}

/** Both are the same bytes; a length is a check that only `varchar` makes. */
function isText({ base }: TypeForm): boolean {
  return base === 'text' || base === 'varchar';
}

function isUnbounded({ modifiers }: TypeForm): boolean {
  return modifiers.length === 0;
}

function fits(before: TypeForm, after: TypeForm): boolean {
  const [old] = before.modifiers;
  const [wanted] = after.modifiers;
  return old !== undefined && wanted !== undefined && wanted >= old;
}

function fitsNumeric(before: TypeForm, after: TypeForm): boolean {
  if (isUnbounded(after)) return true;
  const [precision = 0, scale = 0] = before.modifiers;
  const [newPrecision = 0, newScale = 0] = after.modifiers;
  return !isUnbounded(before) && newScale === scale && newPrecision >= precision;
}

function readFormatted(text: string): TypeForm {
  const [, name = text, inside, rest = ''] = /^([^(]*)(?:\(([^)]*)\))?(.*)$/.exec(text) ?? [];
  const full = `${name}${rest}`.trim();
  return { base: otherNames[full] ?? full, modifiers: inside === undefined ? [] : inside.split(',').map(Number) };
}

function readTypeName({ names, typmods = [] }: TypeName): TypeForm {
  const base = stringsIn(names).at(-1) ?? '';
  const modifiers = typmods.flatMap((node) =>
    'A_Const' in node && node.A_Const.ival !== undefined ? [node.A_Const.ival.ival ?? 0] : [],
  );
  return { base: otherNames[base] ?? base, modifiers };
}
