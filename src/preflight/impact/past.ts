import type { DatabaseName, MigrationCost, MigrationEffect, TableWork } from '../../contract/index.ts';
import type { LedgerRow } from '../../migrator/index.ts';

/** What an effect works on. */
type Load = Pick<MigrationEffect, 'work' | 'workBytes'>;

/** What a preflight run foresaw of a migration that was pending then. */
export interface ForeseenMigration extends Pick<MigrationCost, 'database' | 'version' | 'name'> {
  readonly ranAt: Date;
  readonly effects: readonly Load[];
}

/** One migration of this deployment's past. */
interface PastMigration {
  readonly seconds: number;
  /** Empty where nobody had foreseen anything. */
  readonly loads: readonly Load[];
}

/** How fast this deployment has been so far. */
export interface PastPace {
  /** What a migration took that had next to no data to work on; undefined: none was ever applied. */
  readonly lightSeconds: number | undefined;
  /** By what was done with the data; what was never done before is missing. */
  readonly bytesPerSecond: Readonly<Partial<Record<TableWork, number>>>;
}

/** Below this the size of a table makes no difference that could be measured. */
const lightBytes = 1e6;

/** The pace of one database, from its ledger and from what earlier runs of preflight foresaw of the same migrations. Pure. */
export function paceOf(
  database: DatabaseName,
  ledger: readonly LedgerRow[],
  foreseen: readonly ForeseenMigration[],
): PastPace {
  const past = ledger.flatMap((row) => pastOf(row, newestBefore(database, row, foreseen)));
  const lightSeconds = median(past.filter(({ loads }) => loads.length === 0).map(({ seconds }) => seconds));
  const rates = (['scan', 'build', 'rewrite'] as const).flatMap((work) => {
    const alike = past.filter(({ loads }) => loads.length > 0 && loads.every((load) => load.work === work));
    const bytes = alike.flatMap(({ loads }) => loads).reduce((sum, { workBytes }) => sum + workBytes, 0);
    const seconds = alike.reduce((sum, one) => sum + Math.max(0.001, one.seconds - (lightSeconds ?? 0)), 0);
    return bytes === 0 ? [] : [[work, bytes / seconds] as const];
  });
  return { lightSeconds, bytesPerSecond: Object.fromEntries(rates) };
}

/**
 * How long the effects of a migration are likely to take at that pace; null when this deployment has done nothing like it
 * before. How many rows an UPDATE or DELETE writes nobody knows beforehand, so only a rehearsal can tell what it takes.
 */
export function secondsAt({ lightSeconds, bytesPerSecond }: PastPace, effects: readonly Load[]): number | null {
  if (lightSeconds === undefined) return null;
  const parts = heavyOnes(effects).map(({ work, workBytes }) => {
    const rate = bytesPerSecond[work];
    return rate === undefined ? null : workBytes / rate;
  });
  return parts.includes(null) ? null : parts.reduce<number>((sum, part) => sum + (part ?? 0), lightSeconds);
}

function pastOf({ startedAt, finishedAt }: LedgerRow, loads: readonly Load[]): PastMigration[] {
  if (finishedAt === null) return [];
  return [{ seconds: (finishedAt.getTime() - startedAt.getTime()) / 1000, loads: heavyOnes(loads) }];
}

function newestBefore(
  database: DatabaseName,
  { version, name, startedAt }: LedgerRow,
  foreseen: readonly ForeseenMigration[],
): readonly Load[] {
  const about = foreseen
    .filter((one) => one.database === database && one.version === version && one.name === name)
    .filter(({ ranAt }) => ranAt <= startedAt)
    .sort((left, right) => right.ranAt.getTime() - left.ranAt.getTime());
  return about[0]?.effects ?? [];
}

function heavyOnes(loads: readonly Load[]): readonly Load[] {
  return loads.filter(({ work, workBytes }) => work !== 'catalogue' && workBytes >= lightBytes);
}

function median(values: readonly number[]): number | undefined {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)];
}
