import type { DefElem, Node, VacuumStmt } from 'libpg-query';
import type { LiveCatalogue } from './catalogue.ts';
import { withChildren, type Effect } from './effect.ts';
import { nameOf, tablesIn } from './names.ts';

/** The effects of VACUUM, CLUSTER and REFRESH MATERIALIZED VIEW; undefined for any other statement. */
export function maintenanceEffects(node: Node, catalogue: LiveCatalogue): readonly Effect[] | undefined {
  const { tables } = catalogue;
  if ('VacuumStmt' in node) return withChildren(vacuum(node.VacuumStmt, [...tables.keys()]), catalogue);
  if ('ClusterStmt' in node) {
    const { relation } = node.ClusterStmt;
    const touched = relation === undefined ? [...tables.keys()] : [nameOf(relation)];
    return withChildren(
      touched.map((table) => rewrite(table, 'is clustered')),
      catalogue,
    );
  }
  if (!('RefreshMatViewStmt' in node)) return undefined;
  const { relation, concurrent = false } = node.RefreshMatViewStmt;
  const refreshed = rewrite(nameOf(relation), 'is refreshed');
  return concurrent ? [{ ...refreshed, lock: 'ExclusiveLock', work: 'rows' }] : [refreshed];
}

function rewrite(table: string, does: string): Effect {
  return { table, lock: 'AccessExclusiveLock', work: 'rewrite', does, losesData: false };
}

/** An option is on unless it is said to be off: `vacuum (full false)`. */
function isOn({ arg }: DefElem): boolean {
  if (arg === undefined) return true;
  if ('Integer' in arg) return (arg.Integer.ival ?? 0) !== 0;
  if ('Boolean' in arg) return arg.Boolean.boolval === true;
  return !('String' in arg && ['false', 'off'].includes(arg.String.sval ?? ''));
}

function vacuum(
  { options = [], rels = [], is_vacuumcmd: isVacuum = false }: VacuumStmt,
  all: readonly string[],
): Effect[] {
  const isFull = options.some(
    (option) => 'DefElem' in option && option.DefElem.defname === 'full' && isOn(option.DefElem),
  );
  const named = rels.flatMap((rel) =>
    'VacuumRelation' in rel ? tablesIn({ RangeVar: rel.VacuumRelation.relation }) : [],
  );
  const touched = rels.length === 0 ? all : named;
  if (isFull) return touched.map((table) => rewrite(table, 'is vacuumed in full'));
  const does = isVacuum ? 'is vacuumed' : 'is analysed';
  return touched.map((table) => ({ table, lock: 'ShareUpdateExclusiveLock', work: 'scan', does, losesData: false }));
}
