import semver from 'semver';
import { z } from 'zod';
import {
  acknowledgementSchema,
  manifestSchema,
  preflightRunSchema,
  type Acknowledgement,
  type Manifest,
  type PreflightRun,
} from '../contract/index.ts';
import { preflightError } from './errors.ts';
import { fingerprintSchema, type Fingerprint } from './fingerprint.ts';
import { recordFormat } from './record.ts';

/** A run as it was recorded; whether it is stale depends on what is true now. */
export interface RecordedPreflight {
  readonly run: Omit<PreflightRun, 'stale' | 'staleReasons'>;
  readonly fingerprint: Fingerprint;
  /** Of the release that it judged. */
  readonly manifest: Manifest;
  readonly acknowledgement: Acknowledgement | null;
}

/** The runs that a page needs; the same one twice when the newest of all judged a newer release. */
export interface RecordedRuns {
  /** The newest of all; null: none was ever recorded. */
  readonly latest: RecordedPreflight | null;
  /** The newest that judged a release newer than the one that reads. */
  readonly upcoming: RecordedPreflight | null;
}

/** The part of a Postgres connection that reading needs. */
export interface RecordClient {
  query(text: string, values?: readonly unknown[]): Promise<{ readonly rows: unknown[] }>;
}

const rowSchema = z.object({
  run_id: z.string(),
  ran_at: z.date(),
  who: z.string(),
  who_source: preflightRunSchema.shape.ranBySource,
  host: z.string(),
  recorded_at: z.date(),
  recorded_by: z.string(),
  target_version: z.string(),
  target_image_sha: z.string(),
  status: preflightRunSchema.shape.status,
  manifest: manifestSchema,
  fingerprint: fingerprintSchema,
  result: preflightRunSchema.pick({ counts: true, checks: true, rehearsal: true }).extend({
    // A run from before costs were recorded in this form is shown without them.
    migrations: preflightRunSchema.shape.migrations.catch([]),
    acknowledgement: acknowledgementSchema.nullable().default(null),
  }),
});

/** How many of the newest runs are looked through for one of a newer release; a nightly pipeline makes as many in half a year. */
const lookedThrough = 200;

/** The newest run of each release; costs the same however many were ever made. */
const perReleaseSql = `
select distinct on (target_version) format_version, run_id, target_version, ran_at, recorded_at
from (select format_version, run_id, target_version, ran_at, recorded_at from plimsoll.preflight_run order by ran_at desc, recorded_at desc limit ${lookedThrough}) newest
order by target_version, ran_at desc, recorded_at desc`;

/** A record from before runs could be recorded later has no `recorded_by`. */
const runsSql = `
select run_id, ran_at, who, who_source, host, recorded_at, coalesce(to_jsonb(r) ->> 'recorded_by', who) as recorded_by,
  target_version, target_image_sha, status, manifest, fingerprint, result
from plimsoll.preflight_run r where run_id = any($1)`;

interface NewestRow {
  readonly format_version: number;
  readonly run_id: string;
  readonly target_version: string;
  readonly ran_at: Date;
  readonly recorded_at: Date;
}

/**
 * Reads the newest runs, as `runningVersion` needs them. Throws preflight_unsupported for one in the form of a newer release,
 * and whatever the connection throws.
 */
export async function readRecordedRuns(client: RecordClient, runningVersion: string): Promise<RecordedRuns> {
  const { rows: found } = await client.query("select to_regclass('plimsoll.preflight_run') is not null as exists");
  if ((found[0] as { exists: boolean } | undefined)?.exists !== true) return { latest: null, upcoming: null };
  const newest = ((await client.query(perReleaseSql)).rows as NewestRow[]).sort(newestFirst);
  const [latest] = newest;
  const upcoming = newest.find(({ target_version }) => isNewer(target_version, runningVersion));
  const wanted = [latest, upcoming].filter((row) => row !== undefined);
  if (wanted.length === 0) return { latest: null, upcoming: null };
  if (wanted.some(({ format_version }) => format_version > recordFormat)) throw unsupported();
  const { rows } = await client.query(runsSql, [wanted.map(({ run_id }) => run_id)]);
  const runs = rows.map(toRecorded);
  const runOf = (row: NewestRow | undefined) => runs.find(({ run }) => run.id === row?.run_id) ?? null;
  return { latest: runOf(latest), upcoming: runOf(upcoming) };
}

function newestFirst(one: NewestRow, other: NewestRow): number {
  return other.ran_at.getTime() - one.ran_at.getTime() || other.recorded_at.getTime() - one.recorded_at.getTime();
}

function isNewer(target: string, running: string): boolean {
  return semver.valid(target) !== null && semver.valid(running) !== null && semver.gt(target, running);
}

function toRecorded(row: unknown): RecordedPreflight {
  const parsed = rowSchema.safeParse(row);
  if (!parsed.success) throw unsupported();
  const { result, fingerprint, manifest, ...run } = parsed.data;
  const { acknowledgement, ...outcome } = result;
  return {
    run: {
      id: run.run_id,
      ranAt: run.ran_at.toISOString(),
      ranBy: run.who,
      ranBySource: run.who_source,
      host: run.host,
      recordedAt: run.recorded_at.toISOString(),
      recordedBy: run.recorded_by,
      targetVersion: run.target_version,
      targetImageSha: run.target_image_sha,
      status: run.status,
      ...outcome,
    },
    fingerprint,
    manifest,
    acknowledgement,
  };
}

function unsupported(): Error {
  return preflightError('preflight_unsupported', {
    message: 'the config database holds preflight runs of a newer release, which this one cannot read',
    hint: 'Finish the upgrade: start the newer release everywhere.',
  });
}
