import type { Node } from 'libpg-query';
import type { LiveCatalogue } from './catalogue.ts';
import type { LockMode } from '../../contract/index.ts';
import { withChildren, type Effect } from './effect.ts';
import { functionsIn, nameOf, tablesIn } from './names.ts';

/** The effects of statements that read and write rows; undefined for any other statement. */
export function rowEffects(node: Node, catalogue: LiveCatalogue): readonly Effect[] | undefined {
  const { tables } = catalogue;
  if ('TruncateStmt' in node)
    return truncate(tablesIn(node.TruncateStmt.relations), node.TruncateStmt.behavior, tables);
  if ('LockStmt' in node)
    return withChildren(locks(tablesIn(node.LockStmt.relations), node.LockStmt.mode ?? 8), catalogue);
  if (!readsOrWrites(node)) return undefined;
  const written = writesIn(node);
  const names = new Set(written.map(({ table }) => table));
  const read = [...new Set(tablesIn(node))].filter((table) => !names.has(table));
  return withChildren([...written, ...reads(read)], catalogue);
}

/** Whether a statement reads or writes rows. */
export function readsOrWrites(node: Node): boolean {
  return ['SelectStmt', 'CreateTableAsStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt'].some(
    (kind) => kind in node,
  );
}

/** What a statement that reads or writes rows may do beside what it says: functions run, and views stand for tables. */
export function surpriseInRows(node: Node, { harmlessFunctions, views }: LiveCatalogue): string | undefined {
  const running = functionsIn(node).find((name) => !harmlessFunctions.has(name));
  if (running !== undefined) return `${running}() runs code that cannot be read`;
  const view = writesIn(node).find(({ table }) => views.has(table));
  return view === undefined ? undefined : `it writes through the view ${view.table.replace(/^public\./, '')}`;
}

/** Every write in a statement, wherever in it it stands: a common table expression may delete as well. */
function writesIn(value: unknown): Effect[] {
  if (Array.isArray(value)) return value.flatMap(writesIn);
  if (typeof value !== 'object' || value === null) return [];
  return [...writeOf(value as Node), ...Object.values(value).flatMap(writesIn)];
}

function writeOf(node: Node): Effect[] {
  if ('InsertStmt' in node) return [writes(nameOf(node.InsertStmt.relation), 'gets rows')];
  if ('UpdateStmt' in node) {
    const { relation, whereClause } = node.UpdateStmt;
    return [writes(nameOf(relation), whereClause === undefined ? 'every row is updated' : 'rows are updated')];
  }
  if ('DeleteStmt' in node) {
    const { relation, whereClause } = node.DeleteStmt;
    const does = whereClause === undefined ? 'every row is deleted' : 'rows are deleted';
    return [{ ...writes(nameOf(relation), does), losesData: true }];
  }
  if (!('MergeStmt' in node)) return [];
  const { relation, mergeWhenClauses = [] } = node.MergeStmt;
  const losesData = mergeWhenClauses.some(
    (clause) => 'MergeWhenClause' in clause && clause.MergeWhenClause.commandType === 'CMD_DELETE',
  );
  return [{ ...writes(nameOf(relation), losesData ? 'rows are merged and deleted' : 'rows are merged'), losesData }];
}

function reads(tables: readonly string[]): Effect[] {
  return tables.map((table) => ({ table, lock: 'AccessShareLock', work: 'scan', does: 'is read', losesData: false }));
}

function writes(table: string, does: string): Effect {
  return { table, lock: 'RowExclusiveLock', work: 'rows', does, losesData: false };
}

/** A table with a foreign key to one that is emptied is emptied with it, if the statement says CASCADE. */
function truncate(named: readonly string[], behavior: string | undefined, tables: LiveCatalogue['tables']): Effect[] {
  const all = new Set(named.flatMap((table) => [table, ...(tables.get(table)?.children ?? [])]));
  if (behavior === 'DROP_CASCADE')
    for (const table of all)
      for (const other of tables.get(table)?.referencedBy ?? [])
        for (const one of [other, ...(tables.get(other)?.children ?? [])]) all.add(one);
  return [...all].map((table) => ({
    table,
    lock: 'AccessExclusiveLock',
    // New empty files, however large the old ones were.
    work: 'catalogue',
    does: 'every row is deleted',
    losesData: true,
  }));
}

/** The numbers by which Postgres knows its lock modes (lockdefs.h). */
const modes: Readonly<Record<number, LockMode>> = {
  1: 'AccessShareLock',
  2: 'RowShareLock',
  3: 'RowExclusiveLock',
  4: 'ShareUpdateExclusiveLock',
  5: 'ShareLock',
  6: 'ShareRowExclusiveLock',
  7: 'ExclusiveLock',
  8: 'AccessExclusiveLock',
};

function locks(tables: readonly string[], mode: number): Effect[] {
  const lock = modes[mode] ?? 'AccessExclusiveLock';
  return tables.map((table) => ({ table, lock, work: 'catalogue', does: 'is locked', losesData: false }));
}
