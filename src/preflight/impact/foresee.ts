import type { Node } from 'libpg-query';
import { alterTableEffects } from './alter-table.ts';
import type { LiveCatalogue } from './catalogue.ts';
import { mergeEffects, type Effect, type Foresight } from './effect.ts';
import { indexEffects } from './index-statements.ts';
import { maintenanceEffects } from './maintenance.ts';
import { objectEffects } from './object-statements.ts';
import { readsOrWrites, rowEffects, surpriseInRows } from './row-statements.ts';

/** Statements that touch no table that is there already, whatever they hold. */
const harmless = new Set([
  'AlterDefaultPrivilegesStmt',
  'AlterEnumStmt',
  'AlterFunctionStmt',
  'AlterSeqStmt',
  'CompositeTypeStmt',
  'CreateCastStmt',
  'CreateDomainStmt',
  'CreateEnumStmt',
  'CreateFunctionStmt',
  'CreateRangeStmt',
  'CreateSchemaStmt',
  'CreateSeqStmt',
  'DefineStmt',
  'GrantRoleStmt',
  'NotifyStmt',
  'VariableSetStmt',
]);

/** Statements that run code of their own: what that does is in no statement. */
const running: Readonly<Record<string, string>> = {
  DoStmt: 'a DO block runs code that cannot be read',
  CallStmt: 'a procedure is called',
  CreateExtensionStmt: 'an extension runs its own script',
  AlterExtensionStmt: 'an extension runs its own script',
};

type Foresee = (node: Node, catalogue: LiveCatalogue) => readonly Effect[] | undefined;

const readers: readonly Foresee[] = [
  (node, catalogue) => ('AlterTableStmt' in node ? alterTableEffects(node.AlterTableStmt, catalogue) : undefined),
  indexEffects,
  objectEffects,
  rowEffects,
  maintenanceEffects,
];

/** What one statement does to the tables that are there. Pure, and never throws: what it does not know it says. */
export function foresee(node: Node, catalogue: LiveCatalogue): Foresight {
  const kind = Object.keys(node)[0] ?? 'an empty statement';
  const surprise = surpriseIn(node, catalogue);
  const besides = surprise === undefined ? {} : { unforeseen: surprise };
  for (const read of readers) {
    const effects = read(node, catalogue);
    if (effects !== undefined) return { effects: onlyLive(effects, catalogue), ...besides };
  }
  if (harmless.has(kind)) return { effects: [], ...besides };
  return { effects: [], unforeseen: running[kind] ?? `what ${kind} does is not known to preflight` };
}

/** What a statement may do beside what it says. */
function surpriseIn(node: Node, catalogue: LiveCatalogue): string | undefined {
  if ('VariableSetStmt' in node)
    return node.VariableSetStmt.name === 'search_path'
      ? 'the names that follow are looked up in other schemas'
      : undefined;
  return readsOrWrites(node) ? surpriseInRows(node, catalogue) : undefined;
}

/** A table that an earlier pending statement makes is empty and nobody else's. */
function onlyLive(effects: readonly Effect[], { tables }: LiveCatalogue): Effect[] {
  return mergeEffects(effects).filter(({ table }) => tables.has(table));
}
