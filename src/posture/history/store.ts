import type { PostureChange, ReleasePosture, VerdictStatus } from '../../contract/index.ts';
import type { Queryable } from '../../postgres/index.ts';
import { change } from './change.ts';
import { listChanges, takeover } from './changes.ts';
import { keepableJson, parseRecorded, postureFormat } from './form.ts';
import type { WaitingChange, Watch } from './watch.ts';

/** Any number of its own: managers write one after the other, so that each sees what the others have written. */
const historyLock = 7_565_943;
/** Two managers see one change this far apart at most; less than a change has to hold (`settleMs`). */
const sameChangeMs = 4000;
/** A manager that was seen within this time is alive. */
const aliveMs = 60_000;

/** Makes this transaction the only one that writes history. */
export async function lockHistory(transaction: Queryable): Promise<void> {
  await transaction.query('select pg_advisory_xact_lock($1)', [historyLock]);
}

/** Prolongs a watch to a time, or begins it. False: the database no longer knows it as it was last confirmed. */
export async function prolongWatch(transaction: Queryable, watch: Watch, until: Date): Promise<boolean> {
  if (watch.confirmedAt !== null) {
    const rows = await transaction.query(
      `update posture_watches set seen_at = greatest(seen_at, $3)
       where id = $1 and seen_at >= $2 returning id`,
      [watch.id, watch.confirmedAt, until],
    );
    return rows.length > 0;
  }
  await transaction.query(
    `insert into posture_watches (id, host, app_version, image_sha, begun_at, seen_at, begun_because)
     values ($1, $2, $3, $4, $5, greatest($5::timestamptz, $6), $7) on conflict (id) do nothing`,
    [watch.id, watch.host, watch.appVersion, watch.imageSha, watch.begunAt, until, watch.because],
  );
  return true;
}

interface Recorded {
  readonly appVersion: string;
  readonly imageSha: string;
  readonly format: number;
  readonly posture: unknown;
}

const recordedColumns = `app_version as "appVersion", image_sha as "imageSha", format_version as format, posture`;

/** Writes a change unless it is in the history already, seen by this manager or another. Gives whether it was written. */
export async function insertChange(transaction: Queryable, watch: Watch, waiting: WaitingChange): Promise<boolean> {
  const posture = waiting.posture as unknown as ReleasePosture;
  const known = await transaction.query('select from posture_changes where id = $1', [waiting.id]);
  if (known.length > 0) return false;
  const before = await readBefore(transaction, watch, waiting);
  const changes = before === undefined ? listChanges(null, posture) : changesSince(before, posture);
  if (changes.length === 0) return false;
  const around = await readAround(transaction, posture.app, waiting.happenedAt);
  if (around.some((row) => isSame(row, posture))) return false;
  await transaction.query(
    `insert into posture_changes (id, kind, happened_at, late, host, app_version, image_sha, verdict, headline, changes, format_version, posture)
     values ($1, 'posture', $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      waiting.id,
      waiting.happenedAt,
      waiting.late,
      watch.host,
      posture.app.version,
      posture.app.imageSha,
      posture.verdict.status,
      keepable(posture.verdict.headline),
      keepableJson(changes),
      postureFormat,
      keepableJson(posture),
    ],
  );
  return true;
}

function keepable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD');
}

/**
 * What the change is held against: the newest of its own build, because during a rolling upgrade managers of two builds see
 * two postures; the first of a manager whose build nobody else runs, the newest of all: its build has taken over.
 */
async function readBefore(
  transaction: Queryable,
  watch: Watch,
  { first, happenedAt }: WaitingChange,
): Promise<Recorded | undefined> {
  const alone = first && !(await hasAliveSibling(transaction, watch, happenedAt));
  const [row] = await transaction.query<Recorded>(
    `select ${recordedColumns} from posture_changes
     where kind = 'posture' and happened_at <= $1 and ($2 or (app_version = $3 and image_sha = $4))
     order by happened_at desc, recorded_at desc limit 1`,
    [happenedAt, alone, watch.appVersion, watch.imageSha],
  );
  return row;
}

async function hasAliveSibling(transaction: Queryable, watch: Watch, at: string): Promise<boolean> {
  const rows = await transaction.query(
    `select from posture_watches where id <> $1 and app_version = $2 and image_sha = $3
       and begun_at <= $4 and seen_at > $4::timestamptz - make_interval(secs => $5) limit 1`,
    [watch.id, watch.appVersion, watch.imageSha, at, aliveMs / 1000],
  );
  return rows.length > 0;
}

async function readAround(transaction: Queryable, app: ReleasePosture['app'], at: string): Promise<Recorded[]> {
  return await transaction.query<Recorded>(
    `select ${recordedColumns} from posture_changes
     where kind = 'posture' and app_version = $1 and image_sha = $2
       and happened_at between $3::timestamptz - make_interval(secs => $4) and $3::timestamptz + make_interval(secs => $4)`,
    [app.version, app.imageSha, at, sameChangeMs / 1000],
  );
}

function isSame({ format, posture }: Recorded, now: ReleasePosture): boolean {
  const before = parseRecorded(format, posture);
  return before !== undefined && listChanges(before, now).length === 0;
}

/** A posture in a form that this release cannot read still tells which build saw it. */
function changesSince(before: Recorded, posture: ReleasePosture): PostureChange[] {
  const readable = parseRecorded(before.format, before.posture);
  if (readable !== undefined) return listChanges(readable, posture);
  const build = { version: before.appVersion, imageSha: before.imageSha };
  return [
    build.version === posture.app.version && build.imageSha === posture.app.imageSha
      ? change('history', 'form_changed', 'the record goes on in the form of this release')
      : takeover(build, posture.app),
  ];
}

/** Who deployed what. */
export interface Deployment {
  readonly id: string;
  readonly happenedAt: Date;
  readonly who: string;
  readonly host: string;
  readonly appVersion: string;
  readonly imageSha: string;
  /** One sentence, as in `deployed 1.4.0 in place of 1.3.2`. */
  readonly headline: string;
  /** What else belongs to it: the bundle kept as the way back, the preflight run. */
  readonly details: Readonly<Record<string, string | number | null>>;
}

/** Writes who deployed what into the history; the same id again changes nothing. */
export async function recordDeployment(database: Queryable, deployment: Deployment): Promise<void> {
  await database.query(
    `insert into posture_changes (id, kind, happened_at, host, app_version, image_sha, who, headline, changes)
     values ($1, 'deployment', $2, $3, $4, $5, $6, $7, $8) on conflict (id) do nothing`,
    [
      deployment.id,
      deployment.happenedAt,
      deployment.host,
      deployment.appVersion,
      deployment.imageSha,
      keepable(deployment.who),
      keepable(deployment.headline),
      keepableJson([deployment.details]),
    ],
  );
}

/** A row of the history, without the posture. */
export interface HistoryRow {
  readonly id: string;
  readonly kind: 'posture' | 'deployment';
  readonly happenedAt: Date;
  readonly recordedAt: Date;
  readonly late: boolean;
  readonly host: string;
  readonly appVersion: string;
  readonly imageSha: string;
  readonly who: string | null;
  readonly verdict: VerdictStatus | null;
  readonly headline: string;
  readonly changes: PostureChange[];
}

const rowColumns = `id, kind, happened_at as "happenedAt", recorded_at as "recordedAt", late, host,
  app_version as "appVersion", image_sha as "imageSha", who, verdict, headline, changes`;

/** Which part of the history is wanted: newest first, older than `before` where that is given. */
export interface HistoryRange {
  readonly since: Date | null;
  readonly until: Date | null;
  readonly before: { readonly happenedAt: string; readonly id: string } | null;
  readonly limit: number;
}

/** Rows of both kinds in that range. */
export async function readRows(database: Queryable, range: HistoryRange): Promise<HistoryRow[]> {
  return await database.query<HistoryRow>(
    `select ${rowColumns} from posture_changes
     where ($1::timestamptz is null or happened_at >= $1) and ($2::timestamptz is null or happened_at <= $2)
       and ($3::timestamptz is null or (happened_at, id) < ($3, $4::uuid))
     order by happened_at desc, id desc limit $5`,
    [range.since, range.until, range.before?.happenedAt ?? null, range.before?.id ?? null, range.limit],
  );
}

/** The posture recorded last at or before a time, and when the next change came. */
export async function readRowAt(
  database: Queryable,
  at: Date,
): Promise<
  (HistoryRow & { readonly format: number; readonly posture: unknown; readonly nextAt: Date | null }) | undefined
> {
  const [row] = await database.query<HistoryRow & { format: number; posture: unknown; nextAt: Date | null }>(
    `select ${rowColumns}, format_version as format, posture,
       (select min(happened_at) from posture_changes where kind = 'posture' and happened_at > $1) as "nextAt"
     from posture_changes where kind = 'posture' and happened_at <= $1
     order by happened_at desc, id desc limit 1`,
    [at],
  );
  return row;
}

/** A watch as the database has it. */
export interface WatchRow {
  readonly begunAt: Date;
  readonly seenAt: Date;
  readonly because: Watch['because'];
}

/** The watches that reach into a span, and the last one before it. */
export async function readWatches(database: Queryable, since: Date | null, until: Date | null): Promise<WatchRow[]> {
  return await database.query<WatchRow>(
    `select begun_at as "begunAt", seen_at as "seenAt", begun_because as because from posture_watches
     where ($1::timestamptz is null or seen_at >= coalesce((select max(seen_at) from posture_watches where seen_at < $1), $1))
       and ($2::timestamptz is null or begun_at <= coalesce((select min(begun_at) from posture_watches where begun_at > $2), $2))
     order by begun_at, seen_at`,
    [since, until],
  );
}
