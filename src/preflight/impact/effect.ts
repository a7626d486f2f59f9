import type { LiveCatalogue } from './catalogue.ts';
import { lockModes, type LockMode, type TableWork } from '../../contract/index.ts';

/** What one statement does to one table that is there already. */
export interface Effect {
  /** `schema.table`. */
  readonly table: string;
  readonly lock: LockMode;
  readonly work: TableWork;
  /** In a few words: `adds column email`. */
  readonly does: string;
  /** Rows or columns are gone afterwards. */
  readonly losesData: boolean;
}

/** What one statement comes to: its effects, and why nobody can foresee all of them, if nobody can. */
export interface Foresight {
  readonly effects: readonly Effect[];
  readonly unforeseen?: string;
}

/** The same effects on the partitions of a table, and on whatever else inherits from it. */
export function withChildren(effects: readonly Effect[], { tables }: Pick<LiveCatalogue, 'tables'>): Effect[] {
  return effects.flatMap((effect) => [
    effect,
    ...(tables.get(effect.table)?.children ?? []).map((table) => Object.assign({}, effect, { table })),
  ]);
}

/** Whether a lock keeps others from writing the table. */
export function blocksWrites(lock: LockMode): boolean {
  return lockModes.indexOf(lock) >= lockModes.indexOf('ShareLock');
}

/** Whether a lock keeps others even from reading it. */
export function blocksReads(lock: LockMode): boolean {
  return lock === 'AccessExclusiveLock';
}

const worksByCost = ['catalogue', 'rows', 'scan', 'build', 'rewrite'] as const;

/** Effects on the same table as one, with the strongest lock and the dearest work: a lock is held until the transaction ends. */
export function mergeEffects(effects: readonly Effect[]): Effect[] {
  const merged = new Map<string, Effect>();
  for (const effect of effects) {
    const other = merged.get(effect.table);
    merged.set(effect.table, other === undefined ? effect : mergeTwo(other, effect));
  }
  return [...merged.values()];
}

function mergeTwo(one: Effect, other: Effect): Effect {
  const does = one.does === other.does || other.does === '' ? one.does : `${one.does}, ${other.does}`;
  return {
    table: one.table,
    lock: lockModes[Math.max(lockModes.indexOf(one.lock), lockModes.indexOf(other.lock))] ?? one.lock,
    work: worksByCost[Math.max(worksByCost.indexOf(one.work), worksByCost.indexOf(other.work))] ?? one.work,
    does: one.does === '' ? other.does : does,
    losesData: one.losesData || other.losesData,
  };
}
