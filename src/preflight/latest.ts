import { z } from 'zod';
import { manifestSchema, preflightRunSchema, type PreflightRun, type ProtocolWindow } from '../contract/index.ts';
import { preflightError } from './errors.ts';
import { fingerprintSchema, type Fingerprint } from './fingerprint.ts';
import { recordFormat } from './record.ts';

/** A run as it was recorded; whether it is stale depends on what is true now. */
export interface RecordedPreflight {
  readonly run: Omit<PreflightRun, 'stale' | 'staleReasons'>;
  readonly fingerprint: Fingerprint;
  /** The protocol window of the release that it judged. */
  readonly window: ProtocolWindow;
}

/** The part of a Postgres connection that reading needs. */
export interface RecordClient {
  query(text: string): Promise<{ readonly rows: unknown[] }>;
}

const rowSchema = z.object({
  run_id: z.string(),
  ran_at: z.date(),
  who: z.string(),
  target_version: z.string(),
  target_image_sha: z.string(),
  status: preflightRunSchema.shape.status,
  manifest: manifestSchema,
  fingerprint: fingerprintSchema,
  result: preflightRunSchema.pick({ counts: true, checks: true, rehearsal: true }).extend({
    // A run from before costs were recorded in this form is shown without them.
    migrations: preflightRunSchema.shape.migrations.catch([]),
  }),
});

const latestSql = `
select format_version, run_id, ran_at, who, target_version, target_image_sha, status, manifest, fingerprint, result
from plimsoll.preflight_run order by ran_at desc, recorded_at desc limit 1`;

/**
 * Reads the newest run; null when none was ever recorded. Throws preflight_unsupported for one in the form of a newer release,
 * and whatever the connection throws.
 */
export async function readLatestPreflight(client: RecordClient): Promise<RecordedPreflight | null> {
  const { rows: found } = await client.query("select to_regclass('plimsoll.preflight_run') is not null as exists");
  if ((found[0] as { exists: boolean } | undefined)?.exists !== true) return null;
  const [row] = (await client.query(latestSql)).rows as { format_version: number }[];
  if (row === undefined) return null;
  const parsed = row.format_version > recordFormat ? undefined : rowSchema.safeParse(row);
  if (parsed?.success !== true) throw unsupported();
  const { run_id: id, ran_at, who: ranBy, target_version, target_image_sha, ...rest } = parsed.data;
  const { status, result, fingerprint, manifest } = rest;
  const ranAt = ran_at.toISOString();
  return {
    run: { id, ranAt, ranBy, targetVersion: target_version, targetImageSha: target_image_sha, status, ...result },
    fingerprint,
    window: manifest.scannerProtocol,
  };
}

function unsupported(): Error {
  return preflightError('preflight_unsupported', {
    message: 'the config database holds preflight runs of a newer release, which this one cannot read',
    hint: 'Finish the upgrade: start the newer release everywhere.',
  });
}
