import semver from 'semver';
import { databaseNames, type DatabaseName } from '../contract/index.ts';
import { migrationText } from './wording.ts';

/** A migration as far as the way back is concerned. */
export interface HorizonStep {
  readonly version: number;
  readonly name: string;
  /** The oldest schema version whose software still runs after it. */
  readonly oldestCompatible: number;
  /** The release that brought it, or will. */
  readonly appVersion: string;
}

/** The migrations of one database, ascending. */
export interface HorizonDatabase {
  readonly applied: readonly HorizonStep[];
  readonly pending: readonly HorizonStep[];
}

/** How far back one can go without a restore. */
export interface Horizon {
  /** The oldest release that runs on what is applied; null when any does. */
  readonly now: string | null;
  /** The same once everything pending is applied. */
  readonly after: string | null;
  /** The pending migration that moves it furthest, as in `jobs/0042_split_leases`; null when none does. */
  readonly movedBy: string | null;
}

/**
 * The rollback horizon, from what each migration declares. A release stands for the schema version that it brought, so the
 * oldest one that may run is the one that applied the version which the newest declarations still allow.
 */
export function horizonOf(databases: Readonly<Record<DatabaseName, HorizonDatabase>>): Horizon {
  const now = furthest(databaseNames.map((name) => releaseAllowed(databases[name].applied, databases[name].applied)));
  const moves = databaseNames.flatMap((name) => movesOf(name, databases[name]));
  const after = furthest([now, ...moves.map(({ release }) => release)]);
  const mover = after === now ? undefined : moves.find(({ release }) => release === after);
  return { now, after, movedBy: mover === undefined ? null : `${mover.name}/${migrationText(mover.step)}` };
}

function movesOf(name: DatabaseName, { applied, pending }: HorizonDatabase) {
  const all = [...applied, ...pending];
  return pending.map((step) => ({ name, step, release: releaseAllowed([step], all) }));
}

/** The oldest release that may run under these declarations; null: any. */
function releaseAllowed(declared: readonly HorizonStep[], all: readonly HorizonStep[]): string | null {
  const oldest = Math.max(0, ...declared.map(({ oldestCompatible }) => oldestCompatible));
  return all.find(({ version }) => version === oldest)?.appVersion ?? null;
}

function furthest(releases: readonly (string | null)[]): string | null {
  const known = releases.filter((release) => release !== null && semver.valid(release) !== null);
  return known.length === 0 ? null : (semver.rsort(known as string[])[0] ?? null);
}

/** The horizon in a sentence: `you can go back to 1.4.0 or newer without a restore; jobs/0042_x would move that to 1.6.0`. */
export function describeHorizon({ now, after, movedBy }: Horizon, target: string): string {
  const today =
    now === null
      ? 'you can go back to any release without a restore'
      : `you can go back to ${now} or newer without a restore`;
  if (movedBy === null) return today;
  return after === target
    ? `${today}; after ${movedBy} no release before ${target} runs any more, and the only way back is a restore`
    : `${today}; ${movedBy} would move that to ${after}`;
}
