import { secondsBetween, countText, durationText, instantText } from '../base/index.ts';
import type { RehearsalSummary } from '../contract/index.ts';
import type { RecordedRehearsal } from './rehearsals.ts';
import { migrationText } from './wording.ts';

/** What is expected is no more by the data of a bundle older than this. */
export const maxBundleAgeDays = 7;

/**
 * What the rehearsals say of the migrations that are pending now. `none`: nothing, and `newest` was of others · `failed` ·
 * `old`: by a bundle that is too old · `elsewhere`: on another major version of Postgres · `noted`: with something to read ·
 * `good`.
 */
export type RehearsalStanding =
  | { readonly kind: 'none'; readonly newest: RecordedRehearsal | null }
  | {
      readonly kind: 'failed' | 'old' | 'elsewhere' | 'noted' | 'good';
      readonly rehearsal: RecordedRehearsal;
    };

export interface StandingFacts {
  readonly ofThese: RecordedRehearsal | null;
  readonly newest: RecordedRehearsal | null;
  readonly now: Date;
  /** Major version of the servers of now, by database. */
  readonly serverMajors: Readonly<Record<string, number>>;
}

/** Judges the newest rehearsal of exactly the pending migrations. Pure. */
export function standingOf({ ofThese, newest, now, serverMajors }: StandingFacts): RehearsalStanding {
  if (ofThese === null) return { kind: 'none', newest };
  return { kind: kindOf(ofThese, now, serverMajors), rehearsal: ofThese };
}

function kindOf({ status, bundle, result }: RecordedRehearsal, now: Date, majors: StandingFacts['serverMajors']) {
  if (status === 'failed') return 'failed';
  if (secondsBetween(bundle.createdAt, now) > maxBundleAgeDays * 86_400) return 'old';
  if (Object.entries(result.serverMajors).some(([name, major]) => majors[name] !== major)) return 'elsewhere';
  return result.notes.length > 0 ? 'noted' : 'good';
}

/** The rehearsal whose times may be expected of the real run; null without one. */
export function measuredIn(standing: RehearsalStanding): RecordedRehearsal | null {
  return standing.kind === 'good' || standing.kind === 'noted' ? standing.rehearsal : null;
}

/** `rehearsed on your own data of 2026-11-22 02:10Z: 3 migrations, 41 s`. */
export function describeRehearsal({ bundle, result }: Pick<RecordedRehearsal, 'bundle' | 'result'>): string {
  const { seconds, migrations, problem } = result;
  const on = `your own data of ${instantText(bundle.createdAt)}`;
  if (seconds === null) return `the rehearsal on ${on} failed: ${problem ?? 'it did not say why'}`;
  const slowest = migrations.toSorted((left, right) => right.seconds - left.seconds)[0];
  const longest =
    slowest === undefined || migrations.length < 2
      ? ''
      : `, the longest ${slowest.database}/${migrationText(slowest)} with ${durationText(slowest.seconds)}`;
  return `rehearsed on ${on}: ${countText(migrations.length, 'migration')}, ${durationText(seconds)}${longest}`;
}

/** What is recorded of it with a run of preflight; null when there was none of these migrations. */
export function summaryOf(standing: RehearsalStanding): RehearsalSummary | null {
  if (standing.kind === 'none') return null;
  const { id, ranAt, ranBy, status, bundle, result } = standing.rehearsal;
  return {
    id,
    ranAt: ranAt.toISOString(),
    ranBy,
    status,
    bundle: { id: bundle.id, createdAt: bundle.createdAt.toISOString() },
    migrations: result.migrations.length,
    seconds: result.seconds,
    message: describeRehearsal(standing.rehearsal),
  };
}
