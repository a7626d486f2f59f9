import type { FastifyInstance } from 'fastify';
import {
  cancelledScanSchema,
  newScanSchema,
  roles,
  scanDetailQuerySchema,
  scanDetailSchema,
  scanListQuerySchema,
  scanListSchema,
  scanParamsSchema,
  scanSchema,
  type NewScan,
  type Scan,
  type ScanDetailQuery,
  type ScanListQuery,
  type ScanParams,
} from '../../contract/index.ts';
import type { CountedScan, Fleet } from '../../fleet/index.ts';
import { recordDeed, type Deeds } from '../session/deeds.ts';

const unread = ['database_unreachable', 'database_timeout'] as const;
const common = { gated: 'product', tag: 'scans' } as const;
const changing = ['cross_site', 'read_only', 'fleet_unavailable', ...unread] as const;

export interface ScanDeps extends Deeds {
  readonly fleet: Pick<Fleet, 'scans' | 'schedules'>;
}

/** A thousand targets with long names; the limit of other calls is below that. */
export const targetsBodyLimit = 512 * 1024;

/** Scans that were asked for. Product routes: they answer only while the gate is open. */
export function scanRoutes(app: FastifyInstance, deps: ScanDeps): void {
  const { scans } = deps.fleet;
  app.route<{ Querystring: ScanListQuery }>({
    method: 'GET',
    url: '/api/scans',
    schema: { querystring: scanListQuerySchema },
    config: {
      facts: {
        ...common,
        access: roles,
        summary: 'Lists scans, newest first.',
        responses: { 200: scanListSchema },
        problems: unread,
      },
    },
    handler: async (request) => {
      const { limit, before = null, schedule = null } = request.query;
      // One more than asked for tells whether there is a next page.
      const rows = await scans.list({ limit: limit + 1, before, scheduleId: schedule });
      const page = rows.slice(0, limit).map(scanOf);
      return { scans: page, nextBefore: rows.length > limit ? (page.at(-1)?.id ?? null) : null };
    },
  });

  app.route<{ Params: ScanParams; Querystring: ScanDetailQuery }>({
    method: 'GET',
    url: '/api/scans/:id',
    schema: { params: scanParamsSchema, querystring: scanDetailQuerySchema },
    config: {
      facts: {
        ...common,
        access: roles,
        summary: 'One scan, with its jobs as they stand now.',
        responses: { 200: scanDetailSchema },
        problems: ['scan_unknown', ...unread],
      },
    },
    handler: async ({ params: { id }, query: { after = null, limit } }) => {
      const scan = await scans.read(id);
      const rows = await scans.jobs({ scanId: id, after, limit: limit + 1 });
      const jobs = rows
        .slice(0, limit)
        .map((row) => Object.assign(row, { endedAt: row.endedAt?.toISOString() ?? null }));
      return { ...scanOf(scan), jobs, nextAfter: rows.length > limit ? (jobs.at(-1)?.id ?? null) : null };
    },
  });

  changeRoutes(app, deps);
}

function changeRoutes(app: FastifyInstance, deps: ScanDeps): void {
  const { scans } = deps.fleet;
  app.route<{ Body: NewScan }>({
    method: 'POST',
    url: '/api/scans',
    bodyLimit: targetsBodyLimit,
    schema: { body: newScanSchema },
    config: {
      facts: {
        ...common,
        access: ['admin', 'user'],
        summary: 'Asks for a scan: one job for each target and kind.',
        responses: { 201: scanSchema },
        problems: changing,
      },
    },
    handler: async (request, reply) => {
      const scan = await scans.create(request.body, request.identity?.username ?? 'unknown');
      const details = { name: scan.name, jobs: scan.counts.total };
      recordDeed(deps, request, { action: 'scan.created', subject: scan.id, details });
      return await reply.code(201).send(scanOf(scan));
    },
  });

  app.route<{ Params: ScanParams }>({
    method: 'POST',
    url: '/api/scans/:id/cancel',
    schema: { params: scanParamsSchema },
    config: {
      facts: {
        ...common,
        access: ['admin', 'user'],
        summary: 'Cancels the jobs of a scan that have not ended.',
        responses: { 200: cancelledScanSchema },
        problems: [...changing, 'scan_unknown'],
      },
    },
    handler: async (request) => {
      const { id } = request.params;
      const cancelledNow = await scans.cancel(id);
      const scan = scanOf(await scans.read(id));
      recordDeed(deps, request, { action: 'scan.cancelled', subject: id, details: { name: scan.name, cancelledNow } });
      return { ...scan, cancelledNow };
    },
  });
}

/** A scan as the API shows it. */
export function scanOf({ id, name, requestedBy, createdAt, counts, ...from }: CountedScan): Scan {
  const schedule =
    from.scheduleId === null
      ? null
      : { id: from.scheduleId, name: from.scheduleName ?? '', dueAt: from.dueAt?.toISOString() ?? null };
  return { id, name, requestedBy, createdAt: createdAt.toISOString(), schedule, counts };
}
