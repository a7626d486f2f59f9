import type { Node, RangeVar } from 'libpg-query';

/** `schema.table` of a table as it is named in SQL; without a schema it is the public one. */
export function nameOf(relation: RangeVar | undefined): string {
  return `${relation?.schemaname ?? 'public'}.${relation?.relname ?? ''}`;
}

/** The same of a name that is a list of words, as in `drop table a.b`. */
export function nameIn(words: readonly Node[] | undefined): string {
  const parts = stringsIn(words);
  const [schema = 'public', name = ''] = parts.length > 1 ? parts.slice(-2) : ['public', parts[0] ?? ''];
  return `${schema}.${name}`;
}

/** The words of a list of names. */
export function stringsIn(words: readonly Node[] | undefined): string[] {
  return (words ?? []).flatMap((word) => ('String' in word ? [word.String.sval ?? ''] : []));
}

/** The words of each list in a list of lists, or of a list itself. */
export function listsIn(objects: readonly Node[] | undefined): (readonly Node[])[] {
  return (objects ?? []).flatMap((object) => ('List' in object ? [object.List.items ?? []] : []));
}

/** Every table that a query reads, wherever in it it stands. */
export function tablesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(tablesIn);
  if (typeof value !== 'object' || value === null) return [];
  const { RangeVar: found, ...rest } = value as { RangeVar?: RangeVar };
  return [...(found === undefined ? [] : [nameOf(found)]), ...Object.values(rest).flatMap(tablesIn)];
}

/** Every function that an expression calls, by its bare name. */
export function functionsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(functionsIn);
  if (typeof value !== 'object' || value === null) return [];
  const { FuncCall: call } = value as { FuncCall?: { funcname?: Node[] } };
  const own = call === undefined ? [] : stringsIn(call.funcname).slice(-1);
  return [...own, ...Object.values(value).flatMap(functionsIn)];
}
