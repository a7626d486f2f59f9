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
import type { CountedScan, Scans } from '../../fleet/index.ts';

const unread = ['database_unreachable', 'database_timeout'] as const;
const common = { gated: 'product', tag: 'scans' } as const;
const changing = ['cross_site', 'read_only', 'fleet_unavailable', ...unread] as const;

/** Scans that were asked for. Product routes: they answer only while the gate is open. */
export function scanRoutes(app: FastifyInstance, scans: Scans): void {
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
      const { limit, before = null } = request.query;
      // One more than asked for tells whether there is a next page.
      const rows = await scans.list({ limit: limit + 1, before });
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

  changeRoutes(app, scans);
}

function changeRoutes(app: FastifyInstance, scans: Scans): void {
  app.route<{ Body: NewScan }>({
    method: 'POST',
    url: '/api/scans',
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
    handler: async ({ params: { id } }) => {
      const cancelledNow = await scans.cancel(id);
      return { ...scanOf(await scans.read(id)), cancelledNow };
    },
  });
}

function scanOf({ id, name, requestedBy, createdAt, counts }: CountedScan): Scan {
  return { id, name, requestedBy, createdAt: createdAt.toISOString(), counts };
}
