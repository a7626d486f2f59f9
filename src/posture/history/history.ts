import { AppError, parseMoment, type MomentRange } from '../../base/index.ts';
import type {
  ChangedEntry,
  HistoryGap,
  HistoryItem,
  HistoryQuery,
  PartError,
  PostureAt,
  PostureHistory,
} from '../../contract/index.ts';
import type { Queryable } from '../../postgres/index.ts';
import { postureError } from '../errors.ts';
import { parseRecorded } from './form.ts';
import { listGaps } from './gaps.ts';
import { readRowAt, readRows, readWatches, type HistoryRow } from './store.ts';

/** What is told while the record cannot be read: what this process has seen itself. */
export type Waiting = () => readonly ChangedEntry[];

/** One page of the history, newest first, with the gaps in between. Throws `history_time_invalid` and `history_cursor_invalid`. */
export async function readHistory(
  database: Queryable,
  query: HistoryQuery,
  now: Date,
  waiting: Waiting = () => [],
): Promise<PostureHistory> {
  const since = query.since === undefined ? null : momentOf('since', query.since).first;
  const until = query.until === undefined ? null : momentOf('until', query.until).last;
  const before = query.before === undefined ? null : parseCursor(query.before);
  try {
    const rows = await readRows(database, { since, until, before, limit: query.limit + 1 });
    const page = rows.slice(0, query.limit);
    const next = rows.length > query.limit ? cursorOf(page.at(-1)) : null;
    const from = next === null ? since : (page.at(-1)?.happenedAt ?? since);
    const end = before === null ? (until ?? now) : new Date(before.happenedAt);
    const watches = await readWatches(database, from, end);
    const gaps = listGaps(watches, earlier(end, now)).filter((gap) => endsWithin(gap, from, end));
    return { status: 'ok', error: null, items: merge(page.map(entryOf), gaps), next };
  } catch (error) {
    return { status: 'unknown', error: reasonOf(error), items: [...waiting()], next: null };
  }
}

/** The posture as it was recorded last at or before a time. Throws `history_time_invalid`. */
export async function readPostureAt(database: Queryable, time: string, now: Date): Promise<PostureAt> {
  const at = earlier(momentOf('time', time).last, now);
  const nothing = { at: at.toISOString(), entry: null, posture: null, unreadable: null, gap: null, nextChangeAt: null };
  try {
    const row = await readRowAt(database, at);
    const gaps = listGaps(await readWatches(database, at, at), now);
    const gap = gaps.find(({ from, to }) => Date.parse(from) < at.getTime() && at.getTime() < Date.parse(to)) ?? null;
    if (row === undefined) return { status: 'ok', error: null, ...nothing, gap };
    const posture = parseRecorded(row.format, row.posture) ?? null;
    return {
      status: 'ok',
      error: null,
      at: at.toISOString(),
      entry: changedOf(row),
      posture,
      unreadable:
        posture === null ? `it was recorded by release ${row.appVersion}, in a form this one cannot show` : null,
      gap,
      nextChangeAt: row.nextAt?.toISOString() ?? null,
    };
  } catch (error) {
    return { status: 'unknown', error: reasonOf(error), ...nothing };
  }
}

/** A date or time that somebody gave, under the name by which it was asked for. Throws `history_time_invalid`. */
export function momentOf(name: string, text: string): MomentRange {
  const range = parseMoment(text);
  if (range !== undefined) return range;
  throw postureError('history_time_invalid', {
    message: `${name} is ${JSON.stringify(text)}, expected a date or a time such as 2026-05-03 or 2026-05-03T12:00`,
    hint: 'Write it as 2026-05-03 or 2026-05-03T12:00; without an offset it is UTC.',
  });
}

function parseCursor(text: string): { happenedAt: string; id: string } {
  const [, happenedAt, id] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)_([0-9a-f-]{36})$/.exec(text) ?? [];
  if (happenedAt !== undefined && id !== undefined) return { happenedAt, id };
  throw postureError('history_cursor_invalid', {
    message: `before is ${JSON.stringify(text)}, which no page of the history has named`,
    hint: 'Ask for the first page, without `before`, and go on with its `next`.',
  });
}

function cursorOf(row: HistoryRow | undefined): string | null {
  return row === undefined ? null : `${row.happenedAt.toISOString()}_${row.id}`;
}

function earlier(one: Date, other: Date): Date {
  return one < other ? one : other;
}

/** Each gap stands on one page: that of the time at which it ended. */
function endsWithin({ to }: HistoryGap, from: Date | null, until: Date): boolean {
  const end = Date.parse(to);
  return end <= until.getTime() && (from === null || end > from.getTime());
}

function merge(entries: readonly HistoryItem[], gaps: readonly HistoryItem[]): HistoryItem[] {
  const timeOf = (item: HistoryItem): string => (item.kind === 'gap' ? item.to : item.happenedAt);
  // A stable sort: entries of one moment stay as the database ordered them.
  return [...entries, ...gaps].sort((a, b) => timeOf(b).localeCompare(timeOf(a)));
}

function entryOf(row: HistoryRow): HistoryItem {
  if (row.kind === 'posture') return changedOf(row);
  const { kind, changes: _, verdict: __, ...rest } = row;
  return { ...rest, kind, who: rest.who ?? 'unknown', ...timesOf(row) };
}

function changedOf(row: HistoryRow): ChangedEntry {
  const { id, late, host, appVersion, imageSha, headline, changes, verdict } = row;
  const seen = { id, late, host, appVersion, imageSha, headline, changes };
  return { kind: 'posture', ...seen, ...timesOf(row), verdict: verdict ?? 'unknown' };
}

function timesOf({ happenedAt, recordedAt }: HistoryRow) {
  return { happenedAt: happenedAt.toISOString(), recordedAt: recordedAt.toISOString() };
}

/** A config database from before the history has no table for it: that is a schema that is behind. */
function reasonOf(error: unknown): PartError {
  if (!(error instanceof AppError)) throw error;
  if (error.details['sqlState'] === '42P01')
    return { code: 'history_unavailable', message: 'config has no history yet: its schema is older than this release' };
  return { code: error.code, message: error.message };
}
