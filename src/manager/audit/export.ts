import { readAuditEvents, type AuditQuestion } from '../../accounts/index.ts';
import type { AuditEntry } from '../../contract/index.ts';
import type { Database } from '../../postgres/index.ts';
import { renderCsv } from '../csv.ts';
import { entryOf } from './entry.ts';

const pageSize = 1000;

const columns = ['happened_at', 'actor', 'came_in_by', 'action', 'subject', 'details', 'waited_seconds', 'request_id'];

/** All events that match as CSV, a page at a time, so that neither memory nor one statement has to hold them all. */
export async function* exportPages(config: Database, wanted: AuditQuestion): AsyncGenerator<string> {
  let { before } = wanted;
  let head: string[][] = [columns];
  for (;;) {
    const rows = await readAuditEvents(config, { ...wanted, before, limit: pageSize });
    yield renderCsv([...head, ...rows.map((row) => cellsOf(entryOf(row)))]);
    if (rows.length < pageSize) return;
    before = rows.at(-1)?.id ?? null;
    head = [];
  }
}

function cellsOf(event: AuditEntry): string[] {
  return [
    event.happenedAt,
    event.actor,
    event.actorMethod,
    event.action,
    event.subject ?? '',
    JSON.stringify(event.details),
    event.waitedSeconds?.toString() ?? '',
    event.requestId ?? '',
  ];
}
