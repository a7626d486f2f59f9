import type { DropStmt, Node, ReindexStmt } from 'libpg-query';
import type { LiveCatalogue } from './catalogue.ts';
import { withChildren, type Effect } from './effect.ts';
import { listsIn, nameIn, nameOf, stringsIn } from './names.ts';

/** The effects of making, dropping and rebuilding indexes; undefined for any other statement. */
export function indexEffects(node: Node, catalogue: LiveCatalogue): readonly Effect[] | undefined {
  if ('IndexStmt' in node) {
    const { relation, concurrent = false, idxname } = node.IndexStmt;
    const lock = concurrent ? 'ShareUpdateExclusiveLock' : 'ShareLock';
    const does = `builds ${idxname === undefined ? 'an index' : `index ${idxname}`}`;
    const own: Effect = { table: nameOf(relation), lock, work: 'build', does, losesData: false };
    return relation?.inh === true ? withChildren([own], catalogue) : [own];
  }
  if ('DropStmt' in node && node.DropStmt.removeType === 'OBJECT_INDEX') return dropIndexes(node.DropStmt, catalogue);
  if ('ReindexStmt' in node) return reindexEffects(node.ReindexStmt, catalogue);
  if ('AlterTableStmt' in node || !('RenameStmt' in node) || node.RenameStmt.renameType !== 'OBJECT_INDEX')
    return undefined;
  return [];
}

function dropIndexes({ objects, concurrent = false }: DropStmt, catalogue: LiveCatalogue): Effect[] {
  const { indexes } = catalogue;
  const own = listsIn(objects).flatMap((words): Effect[] => {
    const table = indexes.get(nameIn(words))?.table;
    if (table === undefined) return [];
    const lock = concurrent ? 'ShareUpdateExclusiveLock' : 'AccessExclusiveLock';
    return [{ table, lock, work: 'catalogue', does: `drops index ${stringsIn(words).at(-1)}`, losesData: false }];
  });
  return withChildren(own, catalogue);
}

/** The table can still be read, but whoever plans to wants its indexes too, and these are locked. */
function reindexEffects(statement: ReindexStmt, catalogue: LiveCatalogue): readonly Effect[] {
  const { indexes, tables } = catalogue;
  const { kind, relation, params = [] } = statement;
  const isConcurrent = params.some((param) => 'DefElem' in param && param.DefElem.defname === 'concurrently');
  const lock = isConcurrent ? 'ShareUpdateExclusiveLock' : 'AccessExclusiveLock';
  const name = nameOf(relation);
  const one = kind === 'REINDEX_OBJECT_INDEX' ? indexes.get(name)?.table : name;
  const touched = kind === 'REINDEX_OBJECT_INDEX' || kind === 'REINDEX_OBJECT_TABLE' ? [one ?? ''] : [...tables.keys()];
  return withChildren(
    touched.map((table): Effect => ({ table, lock, work: 'build', does: 'rebuilds an index', losesData: false })),
    catalogue,
  );
}
