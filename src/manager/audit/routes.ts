import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { readAuditEvents, type AuditEvent, type AuditQuestion } from '../../accounts/index.ts';
import { AppError, parseMoment, type MomentRange } from '../../base/index.ts';
import { auditLogSchema, auditQuerySchema, type AuditLog, type AuditQuery } from '../../contract/index.ts';
import { sqlState, sqlStateOf, type Database } from '../../postgres/index.ts';
import { managerError } from '../errors.ts';
import { recordDeed, type Deeds } from '../session/deeds.ts';
import { entryOf } from './entry.ts';
import { exportPages } from './export.ts';

export interface AuditRouteDeps extends Deeds {
  readonly config: Database;
}

/** Admin > Audit: who did what, and what this manager has still to write of that. */
export function auditRoute(app: FastifyInstance, { config, audit }: AuditRouteDeps): void {
  app.route<{ Querystring: AuditQuery }>({
    method: 'GET',
    url: '/api/admin/audit',
    schema: { querystring: auditQuerySchema },
    config: {
      facts: {
        access: ['admin', 'auditor'],
        tag: 'audit',
        summary: 'Who did what, newest first, by filter; as JSON by the page, or all of it as CSV.',
        responses: { 200: auditLogSchema },
        problems: ['audit_time_invalid', 'database_unreachable', 'database_timeout'],
      },
    },
    handler: async (request, reply) => {
      const wanted = questionOf(request.query);
      if (request.query.format === undefined) return await readLog(config, wanted, audit.waiting());
      // The first page before the head of the answer: a database that is down is a problem document and no file.
      const pages = exportPages(config, wanted);
      const first = await pages.next();
      const { limit: _, format: __, ...filters } = request.query;
      recordDeed({ audit }, request, { action: 'audit.exported', subject: null, details: filters });
      reply.header('content-disposition', 'attachment; filename="plimsoll-audit.csv"');
      return await reply.type('text/csv; charset=utf-8').send(Readable.from(after(first.value ?? '', pages)));
    },
  });
}

async function* after(first: string, rest: AsyncIterable<string>): AsyncGenerator<string> {
  yield first;
  yield* rest;
}

/** One page of the log. A database that cannot be read is told in the answer, which has what waits for it. */
async function readLog(config: Database, wanted: AuditQuestion, kept: readonly AuditEvent[]): Promise<AuditLog> {
  const waiting = kept.toReversed().map((event) => entryOf({ ...event, id: null }));
  try {
    const rows = await readAuditEvents(config, { ...wanted, limit: wanted.limit + 1 });
    const page = rows.slice(0, wanted.limit);
    const next = rows.length > wanted.limit ? (page.at(-1)?.id ?? null) : null;
    return { status: 'ok', error: null, waiting, events: page.map(entryOf), next };
  } catch (error) {
    return { status: 'unknown', error: reasonOf(error), waiting, events: [], next: null };
  }
}

function reasonOf(error: unknown): AuditLog['error'] {
  if (!(error instanceof AppError)) throw error;
  if (sqlStateOf(error) === sqlState.undefinedTable)
    return { code: 'accounts_not_migrated', message: 'the config database has no audit log yet: run the migrator' };
  return { code: error.code, message: error.message };
}

function questionOf({ actor, action, about, since, until, before, limit }: AuditQuery): AuditQuestion {
  return {
    actor: actor ?? null,
    action: action ?? null,
    about: about ?? null,
    since: since === undefined ? null : momentOf('since', since).first,
    until: until === undefined ? null : momentOf('until', until).last,
    before: before ?? null,
    limit,
  };
}

function momentOf(name: string, text: string): MomentRange {
  const range = parseMoment(text);
  if (range !== undefined) return range;
  throw managerError('audit_time_invalid', {
    message: `${name} is ${JSON.stringify(text)}, expected a date or a time such as 2026-05-03 or 2026-05-03T12:00`,
    hint: 'Write it as 2026-05-03 or 2026-05-03T12:00; without an offset it is UTC.',
  });
}
