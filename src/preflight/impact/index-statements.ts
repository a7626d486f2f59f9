import type { DropStmt, Node, ReindexStmt } from 'libpg-query';
import type { LiveCatalogue } from './catalogue.ts';
import type { Effect } from './effect.ts';
import { listsIn, nameIn, nameOf, stringsIn } from './names.ts';

/** The effects of making, dropping and rebuilding indexes; undefined for any other statement. */
export function indexEffects(node: Node, catalogue: LiveCatalogue): readonly Effect[] | undefined {
  if ('IndexStmt' in node) {
    const { relation, concurrent = false, idxname } = node.IndexStmt;
    const lock = concurrent ? 'ShareUpdateExclusiveLock' : 'ShareLock';
    const does = `builds ${idxname === undefined ? 'an index' : `index ${idxname}`}`;
    return [{ table: nameOf(relation), lock, work: 'build', does, losesData: false }];
  }
  if ('DropStmt' in node && node.DropStmt.removeType === 'OBJECT_INDEX') return dropIndexes(node.DropStmt, catalogue);
  if ('ReindexStmt' in node) return reindexEffects(node.ReindexStmt, catalogue);
  if ('AlterTableStmt' in node || !('RenameStmt' in node) || node.RenameStmt.renameType !== 'OBJECT_INDEX')
    return undefined;
  return [];
}

function dropIndexes({ objects, concurrent = false }: DropStmt, { indexes }: LiveCatalogue): Effect[] {
  return listsIn(objects).flatMap((words) => {
    const table = indexes.get(nameIn(words))?.table;
    if (table === undefined) return [];
    const lock = concurrent ? 'ShareUpdateExclusiveLock' : 'AccessExclusiveLock';
    return [{ table, lock, work: 'catalogue', does: `drops index ${stringsIn(words).at(-1)}`, losesData: false }];
  });
}

function reindexEffects(statement: ReindexStmt, { indexes, tables }: LiveCatalogue): readonly Effect[] {
  const { kind, relation, params = [] } = statement;
  const isConcurrent = params.some((param) => 'DefElem' in param && param.DefElem.defname === 'concurrently');
  const lock = isConcurrent ? 'ShareUpdateExclusiveLock' : 'ShareLock';
  const name = nameOf(relation);
  const one = kind === 'REINDEX_OBJECT_INDEX' ? indexes.get(name)?.table : name;
  const touched = kind === 'REINDEX_OBJECT_INDEX' || kind === 'REINDEX_OBJECT_TABLE' ? [one ?? ''] : [...tables.keys()];
  return touched.map((table) => ({ table, lock, work: 'build', does: 'rebuilds an index', losesData: false }));
}
