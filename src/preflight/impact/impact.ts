import { createHash } from 'node:crypto';
import type { DatabaseName } from '../../contract/index.ts';
import type { MigrationDefinition } from '../../migrator/index.ts';
import { migrationText, spanText } from '../wording.ts';
import type { LiveCatalogue, LiveTable } from './catalogue.ts';
import { blockOf, describeTable, lossOf, nameText, roomOf, secondsOf, type Room } from './cost.ts';
import { mergeEffects, type Effect } from './effect.ts';
import { foresee } from './foresee.ts';
import { parseSql } from './parse.ts';

/** What one pending migration does to what is there. */
export interface MigrationImpact {
  readonly database: DatabaseName;
  readonly version: number;
  readonly name: string;
  /** One for each table that is there already, over all statements. */
  readonly effects: readonly Effect[];
  /** An estimate by size; in a transaction every lock is held for all of it. */
  readonly seconds: number;
  readonly roomBytes: number;
  /** The same by folder; a folder may be named more than once. */
  readonly rooms: readonly Room[];
  /** Why somebody has to read it before it is applied; empty for most. */
  readonly dangers: readonly string[];
  /** What no parser can tell, each with its line. */
  readonly unforeseen: readonly string[];
  /** Whether it raises the oldest schema version whose software still runs. */
  readonly movesHorizon: boolean;
  /** One sentence of all that. */
  readonly summary: string;
}

/** What a migration is judged with. */
export interface ImpactSubject {
  readonly catalogue: LiveCatalogue;
  /** The highest `oldest_compatible` of what is applied. */
  readonly horizon: number;
}

/** Foresees one migration. Never throws: what cannot be read is told as unforeseen. */
export async function impactOf(migration: MigrationDefinition, subject: ImpactSubject): Promise<MigrationImpact> {
  const { database, version, name, oldestCompatible } = migration;
  const { catalogue, horizon } = subject;
  const { all, unforeseen } = await foreseeAll(migration, catalogue);
  const effects = mergeEffects(all);
  const touched = withTables(effects, catalogue);
  const rooms = touched.flatMap(({ effect, table }) => roomOf(effect, table));
  const seconds = touched.reduce((sum, { effect, table }) => sum + secondsOf(effect, table), 0);
  return {
    database,
    version,
    name,
    effects,
    seconds,
    roomBytes: rooms.reduce((sum, { bytes }) => sum + bytes, 0),
    rooms,
    dangers: [
      ...withTables(all, catalogue).flatMap(({ effect, table }) => lossOf(effect, table) ?? []),
      ...touched.flatMap(({ effect, table }) => blockOf(effect, table, seconds) ?? []),
    ],
    unforeseen,
    movesHorizon: oldestCompatible > horizon,
    summary: `${database}/${migrationText(migration)}: ${summaryOf(touched, seconds, unforeseen)}`,
  };
}

async function foreseeAll({ sql }: MigrationDefinition, catalogue: LiveCatalogue) {
  // Whatever runs on an empty database finds nothing to harm.
  if (catalogue.tables.size === 0) return { all: [], unforeseen: [] };
  const parsed = await parseSql(sql);
  if ('problem' in parsed) return { all: [], unforeseen: [`the parser of Postgres 18 refuses it: ${parsed.problem}`] };
  const statements = parsed.statements.map(({ node, line }) => ({ line, foresight: foresee(node, catalogue) }));
  return {
    all: statements.flatMap(({ foresight }) => ('effects' in foresight ? foresight.effects : [])),
    unforeseen: statements.flatMap(({ line, foresight }) =>
      'unforeseen' in foresight ? [`line ${line}: ${foresight.unforeseen}`] : [],
    ),
  };
}

type Touched = readonly { readonly effect: Effect; readonly table: LiveTable }[];

function withTables(effects: readonly Effect[], { tables }: LiveCatalogue): Touched {
  return effects.flatMap((effect) => {
    const table = tables.get(effect.table);
    return table === undefined ? [] : [{ effect, table }];
  });
}

function summaryOf(touched: Touched, seconds: number, unforeseen: readonly string[]): string {
  const told = touched.map(
    ({ effect, table }) =>
      `${nameText(effect.table)} ${effect.does} (${effect.lock}, ${workWords[effect.work]}; ${describeTable(table)})`,
  );
  const known = told.length === 0 ? 'touches no table that is there' : told.join('; ');
  const time = seconds >= 1 ? `; about ${spanText(seconds)}` : '';
  return `${known}${time}${unforeseen.length === 0 ? '' : `; not to be foreseen: ${unforeseen.join(', ')}`}`;
}

const workWords = {
  catalogue: 'catalogue only',
  scan: 'reads every row',
  build: 'builds an index',
  rewrite: 'writes every row anew',
  rows: 'writes rows',
} as const;

/** The dangerous ones among pending migrations, and the hash that stands for exactly their contents; null without any. */
export function acknowledgementOf(
  impacts: readonly MigrationImpact[],
  checksumOf: (impact: MigrationImpact) => string,
): string | null {
  const dangerous = impacts.filter(({ dangers }) => dangers.length > 0);
  if (dangerous.length === 0) return null;
  const lines = dangerous.map((impact) => `${impact.database}/${impact.version} ${checksumOf(impact)}`);
  return createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 16);
}
