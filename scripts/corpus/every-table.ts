import type { LiveCatalogue, LiveTable } from '../../src/preflight/impact/catalogue.ts';

const large: LiveTable = {
  rows: 1e6,
  bytes: 1e9,
  filled: true,
  indexBytes: 1e8,
  writesPerSecond: 10,
  partitioned: false,
  tablespace: '',
  columns: new Map(),
  validChecks: [],
  references: new Map(),
  linked: new Map(),
  referencedBy: [],
  children: [],
  defaultPartition: undefined,
};

/** Holds whatever it is asked for. */
class Everything<T> extends Map<string, T> {
  readonly #value: T;
  constructor(name: string, value: T) {
    super([[name, value]]);
    this.#value = value;
  }
  override get(): T {
    return this.#value;
  }
  override has(): boolean {
    return true;
  }
}

/** Has whatever it is asked for. */
class EveryName extends Set<string> {
  override has(): boolean {
    return true;
  }
}

/** A database in which every table that is named is there, is large and busy, and every function harmless. */
export function everyTable(): LiveCatalogue {
  return {
    tables: new Everything('public.t', large),
    indexes: new Everything('public.i', { table: 'public.t', columns: [] }),
    volatileFunctions: new Set(['random']),
    harmlessFunctions: new EveryName(),
    views: new Set(),
    constrainedDomains: new Set(),
  };
}
