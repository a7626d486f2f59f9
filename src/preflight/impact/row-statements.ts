import type { Node } from 'libpg-query';
import type { LiveCatalogue } from './catalogue.ts';
import type { LockMode } from '../../contract/index.ts';
import type { Effect } from './effect.ts';
import { nameOf, tablesIn } from './names.ts';

/** The effects of statements that read and write rows; undefined for any other statement. */
export function rowEffects(node: Node, { tables }: LiveCatalogue): readonly Effect[] | undefined {
  if ('TruncateStmt' in node)
    return truncate(tablesIn(node.TruncateStmt.relations), node.TruncateStmt.behavior, tables);
  if ('SelectStmt' in node) return reads(tablesIn(node.SelectStmt));
  if ('CreateTableAsStmt' in node) return reads(tablesIn(node.CreateTableAsStmt.query));
  if ('InsertStmt' in node) {
    const { relation, selectStmt } = node.InsertStmt;
    return [writes(nameOf(relation), 'gets rows'), ...reads(tablesIn(selectStmt))];
  }
  if ('UpdateStmt' in node) {
    const { relation, whereClause, ...rest } = node.UpdateStmt;
    const does = whereClause === undefined ? 'every row is updated' : 'rows are updated';
    return [writes(nameOf(relation), does), ...reads(tablesIn([whereClause, rest]))];
  }
  if ('DeleteStmt' in node) {
    const { relation, whereClause, usingClause } = node.DeleteStmt;
    const does = whereClause === undefined ? 'every row is deleted' : 'rows are deleted';
    return [{ ...writes(nameOf(relation), does), losesData: true }, ...reads(tablesIn([whereClause, usingClause]))];
  }
  if ('MergeStmt' in node)
    return [
      writes(nameOf(node.MergeStmt.relation), 'rows are merged'),
      ...reads(tablesIn(node.MergeStmt.sourceRelation)),
    ];
  if ('LockStmt' in node) return locks(tablesIn(node.LockStmt.relations), node.LockStmt.mode ?? 8);
  return undefined;
}

function reads(tables: readonly string[]): Effect[] {
  return tables.map((table) => ({ table, lock: 'AccessShareLock', work: 'scan', does: 'is read', losesData: false }));
}

function writes(table: string, does: string): Effect {
  return { table, lock: 'RowExclusiveLock', work: 'rows', does, losesData: false };
}

/** A table with a foreign key to one that is emptied is emptied with it, if the statement says CASCADE. */
function truncate(named: readonly string[], behavior: string | undefined, tables: LiveCatalogue['tables']): Effect[] {
  const all = new Set(named.flatMap((table) => [table, ...(tables.get(table)?.partitions ?? [])]));
  if (behavior === 'DROP_CASCADE')
    for (const table of all) for (const other of tables.get(table)?.referencedBy ?? []) all.add(other);
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
