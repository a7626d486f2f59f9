import { spanText } from '../../base/index.ts';
import { createHash } from 'node:crypto';
import type { MigrationCost, MigrationEffect, RehearsedMigration } from '../../contract/index.ts';
import type { MigrationDefinition } from '../../migrator/index.ts';
import { migrationText } from '../wording.ts';
import type { LiveCatalogue, LiveTable } from './catalogue.ts';
import { blockOf, describeTable, longestSecondsOf, lossOf, nameText, roomOf, workBytesOf } from './cost.ts';
import { mergeEffects, type Effect } from './effect.ts';
import { foresee } from './foresee.ts';
import { parseSql } from './parse.ts';
import { secondsAt, type PastPace } from './past.ts';

/** What a migration is judged with. */
export interface ImpactSubject {
  readonly catalogue: LiveCatalogue;
  /** The highest `oldest_compatible` of what is applied. */
  readonly horizon: number;
  readonly pace: PastPace;
  /** What it took when it was rehearsed; undefined: it was not, or on data that says nothing any more. */
  readonly rehearsed?: RehearsedMigration | undefined;
}

/** Foresees one migration, but for what the linter finds. Never throws: what cannot be read is told as unforeseen. */
export async function impactOf(migration: MigrationDefinition, subject: ImpactSubject): Promise<MigrationCost> {
  const { database, version, name, oldestCompatible } = migration;
  const { catalogue, horizon, rehearsed } = subject;
  const { all, unforeseen } = await foreseeAll(migration, catalogue);
  const touched = withTables(mergeEffects(all), catalogue);
  const effects = touched.map(({ effect, table }) => weighed(effect, table));
  const time = timeOf(effects, unforeseen, subject);
  const longest = touched.reduce((sum, { effect, table }) => sum + longestSecondsOf(effect, table), 0);
  return {
    database,
    version,
    name,
    oldestCompatible,
    effects,
    ...time,
    roomBytes: effects.flatMap((effect) => roomOf(effect, '')).reduce((sum, { bytes }) => sum + bytes, 0),
    dangers: [
      ...withTables(all, catalogue).flatMap(({ effect, table }) => lossOf(effect, table) ?? []),
      ...touched.flatMap(({ effect, table }) => blockOf(effect, table, { expected: time.seconds, longest }) ?? []),
    ],
    unforeseen,
    findings: null,
    movesHorizon: oldestCompatible > horizon,
    summary: `${database}/${migrationText(migration)}: ${summaryOf(touched, time, unforeseen)}`,
    rehearsed: rehearsed ?? null,
  };
}

function weighed(effect: Effect, table: LiveTable): MigrationEffect {
  const { rows, bytes, writesPerSecond } = table;
  return { ...effect, rows, bytes, writesPerSecond, workBytes: workBytesOf(effect, table) };
}

type Time = Pick<MigrationCost, 'seconds' | 'secondsFrom'>;

/** A rehearsal has seen all of it; the past knows only what can be foreseen. */
function timeOf(effects: readonly MigrationEffect[], unforeseen: readonly string[], subject: ImpactSubject): Time {
  if (subject.rehearsed !== undefined) return { seconds: subject.rehearsed.seconds, secondsFrom: 'rehearsal' };
  const seconds = unforeseen.length > 0 ? null : secondsAt(subject.pace, effects);
  return { seconds, secondsFrom: seconds === null ? 'unknown' : 'past' };
}

async function foreseeAll({ sql }: MigrationDefinition, catalogue: LiveCatalogue) {
  // Whatever runs on an empty database finds nothing to harm.
  if (catalogue.tables.size === 0) return { all: [], unforeseen: [] };
  const parsed = await parseSql(sql);
  if ('problem' in parsed) return { all: [], unforeseen: [`the parser of Postgres 18 refuses it: ${parsed.problem}`] };
  const statements = parsed.statements.map(({ node, line }) => ({ line, foresight: foresee(node, catalogue) }));
  return {
    all: statements.flatMap(({ foresight }) => foresight.effects),
    unforeseen: statements.flatMap(({ line, foresight: { unforeseen } }) =>
      unforeseen === undefined ? [] : [`line ${line}: ${unforeseen}`],
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

function summaryOf(touched: Touched, time: Time, unforeseen: readonly string[]): string {
  const told = touched.map(
    ({ effect, table }) =>
      `${nameText(effect.table)} ${effect.does} (${effect.lock}, ${workWords[effect.work]}; ${describeTable(table)})`,
  );
  const known = told.length === 0 ? 'touches no table that is there' : told.join('; ');
  return `${known}${told.length === 0 ? '' : timeWords(time)}${unforeseen.length === 0 ? '' : `; not to be foreseen: ${unforeseen.join(', ')}`}`;
}

const workWords = {
  catalogue: 'catalogue only',
  scan: 'reads every row',
  build: 'builds an index',
  rewrite: 'writes every row anew',
  rows: 'writes rows',
} as const;

function timeWords({ seconds, secondsFrom }: Time): string {
  if (seconds === null) return '; how long it takes is not known';
  const source = secondsFrom === 'rehearsal' ? 'as rehearsed' : 'at the pace of earlier migrations here';
  return seconds < 1 ? '' : `; about ${spanText(seconds)}, ${source}`;
}

/** The dangerous ones among pending migrations, and the hash that stands for exactly their contents; null without any. */
export function acknowledgementOf(
  impacts: readonly MigrationCost[],
  checksumOf: (impact: MigrationCost) => string,
): string | null {
  const dangerous = impacts.filter(({ dangers }) => dangers.length > 0);
  if (dangerous.length === 0) return null;
  const lines = dangerous.map((impact) => `${impact.database}/${impact.version} ${checksumOf(impact)}`);
  return createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 16);
}
