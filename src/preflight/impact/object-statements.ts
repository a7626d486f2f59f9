import type { CreateStmt, DropStmt, Node, ObjectType } from 'libpg-query';
import type { LiveCatalogue } from './catalogue.ts';
import type { LockMode } from '../../contract/index.ts';
import { withChildren, type Effect } from './effect.ts';
import { listsIn, nameIn, nameOf, tablesIn } from './names.ts';

function told(table: string, does: string, lock: LockMode = 'AccessExclusiveLock'): Effect {
  return { table, lock, work: 'catalogue', does, losesData: false };
}

/** The effects of making, renaming, moving and dropping what is no index; undefined for any other statement. */
export function objectEffects(node: Node, catalogue: LiveCatalogue): readonly Effect[] | undefined {
  if ('CreateStmt' in node) return createTable(node.CreateStmt, catalogue);
  if ('DropStmt' in node) return drop(node.DropStmt, catalogue);
  if ('RenameStmt' in node) {
    const { renameType, relation, subname, newname } = node.RenameStmt;
    if (renameType === 'OBJECT_ATTRIBUTE') return node.RenameStmt.behavior === 'DROP_CASCADE' ? undefined : [];
    if (!onTables.has(renameType)) return [];
    const own = [told(nameOf(relation), `renames ${subname ?? 'it'} to ${newname}`)];
    return withColumns.has(renameType) && relation?.inh === true ? withChildren(own, catalogue) : own;
  }
  if ('AlterObjectSchemaStmt' in node) {
    const { objectType, relation, newschema } = node.AlterObjectSchemaStmt;
    return onTables.has(objectType) ? [told(nameOf(relation), `moves to schema ${newschema}`)] : [];
  }
  if ('AlterOwnerStmt' in node) return [];
  if ('GrantStmt' in node)
    return node.GrantStmt.objtype === 'OBJECT_TABLE'
      ? tablesIn(node.GrantStmt.objects).map((table) => told(table, 'changes who may use it', 'AccessShareLock'))
      : [];
  if ('CommentStmt' in node) return comment(node.CommentStmt);
  return partOfTable(node, catalogue);
}

/** What the partitions of a table have as well. */
const withColumns = new Set<ObjectType | undefined>(['OBJECT_COLUMN', 'OBJECT_TABCONSTRAINT']);

/** Kinds of object whose statement names the table that they belong to. */
const onTables = new Set<ObjectType | undefined>([
  'OBJECT_TABLE',
  'OBJECT_COLUMN',
  'OBJECT_TABCONSTRAINT',
  'OBJECT_TRIGGER',
  'OBJECT_POLICY',
  'OBJECT_RULE',
  'OBJECT_MATVIEW',
]);

function partOfTable(node: Node, catalogue: LiveCatalogue): readonly Effect[] | undefined {
  if ('CreateTrigStmt' in node) {
    const { relation, trigname, row = false } = node.CreateTrigStmt;
    const own = [told(nameOf(relation), `adds trigger ${trigname}`, 'ShareRowExclusiveLock')];
    return row ? withChildren(own, catalogue) : own;
  }
  if ('CreatePolicyStmt' in node)
    return [told(nameOf(node.CreatePolicyStmt.table), `adds policy ${node.CreatePolicyStmt.policy_name}`)];
  if ('AlterPolicyStmt' in node)
    return [told(nameOf(node.AlterPolicyStmt.table), `changes policy ${node.AlterPolicyStmt.policy_name}`)];
  if ('RuleStmt' in node) return [told(nameOf(node.RuleStmt.relation), `adds rule ${node.RuleStmt.rulename}`)];
  if ('CreateStatsStmt' in node)
    return tablesIn(node.CreateStatsStmt.relations).map((table) =>
      told(table, 'gets extended statistics', 'ShareUpdateExclusiveLock'),
    );
  if ('ViewStmt' in node)
    return tablesIn(node.ViewStmt.query).map((table) => told(table, 'is read by a view', 'AccessShareLock'));
  return undefined;
}

function comment({ objtype, object }: { readonly objtype?: ObjectType; readonly object?: Node }): readonly Effect[] {
  const words = object !== undefined && 'List' in object ? (object.List.items ?? []) : [];
  const lock = 'ShareUpdateExclusiveLock';
  if (objtype === 'OBJECT_TABLE') return [told(nameIn(words), 'gets a comment', lock)];
  if (objtype === 'OBJECT_COLUMN') return [told(nameIn(words.slice(0, -1)), 'gets a comment', lock)];
  return [];
}

/** A new table is nobody's yet; only what it refers to is touched. */
function createTable(statement: CreateStmt, catalogue: LiveCatalogue): readonly Effect[] {
  const { tableElts = [], inhRelations = [], partbound, constraints = [] } = statement;
  const parents = inhRelations.flatMap((parent) => ('RangeVar' in parent ? [nameOf(parent.RangeVar)] : []));
  const does = partbound === undefined ? 'gets a new child' : 'gets a partition';
  const lock = partbound === undefined ? 'ShareUpdateExclusiveLock' : 'AccessExclusiveLock';
  const adopted = parents.map((parent) => told(parent, does, lock));
  const besides = partbound === undefined ? [] : parents.flatMap((parent) => heldAgainst(parent, catalogue));
  return [...adopted, ...besides, ...referencedIn([...tableElts, ...constraints])];
}

/** No row of the default partition may belong into the new one. */
function heldAgainst(parent: string, { tables }: LiveCatalogue): Effect[] {
  const other = tables.get(parent)?.defaultPartition;
  if (other === undefined) return [];
  const held: Effect = { ...told(other, 'is held against the new partition'), work: 'scan' };
  return withChildren([held], { tables });
}

function referencedIn(elements: readonly Node[]): Effect[] {
  return elements.flatMap((element) => {
    if ('ColumnDef' in element) return referencedIn(element.ColumnDef.constraints ?? []);
    if ('TableLikeClause' in element)
      return [told(nameOf(element.TableLikeClause.relation), 'is copied from', 'AccessShareLock')];
    if (!('Constraint' in element) || element.Constraint.contype !== 'CONSTR_FOREIGN') return [];
    return [told(nameOf(element.Constraint.pktable), 'is referenced', 'ShareRowExclusiveLock')];
  });
}

function drop({ removeType, objects, behavior }: DropStmt, { tables }: LiveCatalogue): readonly Effect[] | undefined {
  const names = listsIn(objects);
  if (removeType === 'OBJECT_TABLE' || removeType === 'OBJECT_MATVIEW')
    return names.flatMap((words) => {
      const table = nameIn(words);
      const losesData = removeType === 'OBJECT_TABLE';
      const referenced = [...(tables.get(table)?.references.values() ?? [])].filter((other) => other !== table);
      const children = tables.get(table)?.children ?? [];
      const referencing = behavior === 'DROP_CASCADE' ? (tables.get(table)?.referencedBy ?? []) : [];
      return [
        { ...told(table, 'is dropped'), losesData },
        ...children.map((child) => Object.assign(told(child, 'is dropped'), { losesData })),
        ...referenced.map((other) => told(other, 'is no longer referenced')),
        ...referencing.filter((other) => other !== table).map((other) => told(other, 'loses a foreign key')),
      ];
    });
  if (removeType === 'OBJECT_TRIGGER' || removeType === 'OBJECT_POLICY' || removeType === 'OBJECT_RULE')
    return names.map((words) => told(nameIn(words.slice(0, -1)), 'loses a trigger, policy or rule'));
  // Everything in a schema, or that hangs on a type or function, goes with it: which tables that are is not in the statement.
  return behavior === 'DROP_CASCADE' ? undefined : [];
}
