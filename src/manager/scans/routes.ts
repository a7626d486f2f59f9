import type { FastifyInstance } from 'fastify';
import { withDeadline } from '../../base/index.ts';
import {
  newScanSchema,
  roles,
  scanListQuerySchema,
  scanListSchema,
  scanSchema,
  type NewScan,
  type Scan,
  type ScanListQuery,
} from '../../contract/index.ts';
import { classifyPostgresError, type Database } from '../../postgres/index.ts';
import { insertScan, readScans, type ScanRow } from './store.ts';

const deadlineMs = 2000;

/** Scans that were asked for. Product routes: they answer only while the gate is open. */
export function scanRoutes(app: FastifyInstance, jobs: Database): void {
  app.route<{ Querystring: ScanListQuery }>({
    method: 'GET',
    url: '/api/scans',
    schema: { querystring: scanListQuerySchema },
    config: {
      facts: {
        access: roles,
        gated: 'product',
        tag: 'scans',
        summary: 'Lists scans, newest first.',
        responses: { 200: scanListSchema },
      },
    },
    handler: async (request) => {
      const { limit, before = null } = request.query;
      // One more than asked for tells whether there is a next page.
      const rows = await inTime(jobs, async () => await readScans(jobs, { limit: limit + 1, before }));
      const scans = rows.slice(0, limit).map(scanOf);
      return { scans, nextBefore: rows.length > limit ? (scans.at(-1)?.id ?? null) : null };
    },
  });

  app.route<{ Body: NewScan }>({
    method: 'POST',
    url: '/api/scans',
    schema: { body: newScanSchema },
    config: {
      facts: {
        access: ['admin', 'user'],
        gated: 'product',
        tag: 'scans',
        summary: 'Asks for a scan.',
        responses: { 201: scanSchema },
        problems: ['cross_site', 'read_only'],
      },
    },
    handler: async (request, reply) => {
      const requestedBy = request.identity?.username ?? 'unknown';
      const [row] = await inTime(jobs, async () => await insertScan(jobs, { name: request.body.name, requestedBy }));
      if (row === undefined) throw new TypeError('insert … returning gave no row');
      return await reply.code(201).send(scanOf(row));
    },
  });
}

async function inTime<T>(jobs: Database, work: () => Promise<T>): Promise<T> {
  return await withDeadline(deadlineMs, work).catch((error: unknown) => {
    throw classifyPostgresError(error, jobs.target);
  });
}

function scanOf(row: ScanRow): Scan {
  return { ...row, createdAt: row.createdAt.toISOString() };
}
