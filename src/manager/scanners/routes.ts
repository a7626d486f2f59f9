import type { FastifyInstance, FastifyRequest } from 'fastify';
import {
  listedScannerSchema,
  renameScannerSchema,
  scannerListQuerySchema,
  scannerListSchema,
  scannerParamsSchema,
  type RenameScanner,
  type ScannerListQuery,
  type ScannerParams,
} from '../../contract/index.ts';
import {
  listScanners,
  readCensusOf,
  rename,
  revoke,
  rotate,
  summariseCensus,
  type Fleet,
  type ScannerRow,
} from '../../fleet/index.ts';
import type { Database } from '../../postgres/index.ts';
import { recordDeed, type Deeds } from '../session/deeds.ts';
import { entryOf } from './entry.ts';

export interface ScannerAdminDeps extends Deeds {
  readonly config: Database;
  readonly jobs: Database;
  readonly fleet: Fleet;
}

const readers = ['admin', 'auditor'] as const;
const admins = ['admin'] as const;
const changing = ['cross_site', 'read_only', 'scanner_unknown'] as const;

/** Admin > Scanners: the fleet one by one, and what an administrator does to one. */
export function scannerAdminRoutes(app: FastifyInstance, deps: ScannerAdminDeps): void {
  const { config, jobs, fleet } = deps;
  const { window } = fleet;

  app.route<{ Querystring: ScannerListQuery }>({
    method: 'GET',
    url: '/api/admin/scanners',
    schema: { querystring: scannerListQuerySchema },
    config: {
      facts: {
        access: readers,
        tag: 'scanners',
        summary: 'Lists scanners, with the census of the whole fleet.',
        responses: { 200: scannerListSchema },
        problems: ['database_unreachable', 'database_timeout'],
      },
    },
    handler: async ({ query }) => {
      const { limit } = query;
      const [groups, rows] = await Promise.all([
        readCensusOf(config),
        listScanners({ config, jobs }, { ...filterOf(query), window, limit: limit + 1 }),
      ]);
      const scanners = rows.slice(0, limit).map((row) => entryOf(row, window));
      const nextAfter = rows.length > limit ? (scanners.at(-1)?.id ?? null) : null;
      return { window, counts: summariseCensus(groups, window), scanners, nextAfter };
    },
  });

  changeRoutes(app, deps);
}

function changeRoutes(app: FastifyInstance, deps: ScannerAdminDeps): void {
  const { config, jobs, fleet } = deps;
  const { window } = fleet;

  app.route<{ Params: ScannerParams; Body: RenameScanner }>({
    method: 'PATCH',
    url: '/api/admin/scanners/:id',
    schema: { params: scannerParamsSchema, body: renameScannerSchema },
    config: {
      facts: {
        access: admins,
        tag: 'scanners',
        summary: 'Gives a scanner another name.',
        responses: { 200: listedScannerSchema },
        problems: changing,
      },
    },
    handler: async (request) =>
      await answer(request, 'scanner.renamed', await rename(changeOf(request), request.body.name)),
  });

  app.route<{ Params: ScannerParams }>({
    method: 'POST',
    url: '/api/admin/scanners/:id/revoke',
    schema: { params: scannerParamsSchema },
    config: {
      facts: {
        access: admins,
        tag: 'scanners',
        summary: 'Ends the credential of a scanner for good.',
        responses: { 200: listedScannerSchema },
        problems: changing,
      },
    },
    handler: async (request) =>
      await answer(
        request,
        'scanner.revoked',
        await revoke(changeOf(request), request.identity?.username ?? 'unknown'),
      ),
  });

  app.route<{ Params: ScannerParams }>({
    method: 'POST',
    url: '/api/admin/scanners/:id/rotate',
    schema: { params: scannerParamsSchema },
    config: {
      facts: {
        access: admins,
        tag: 'scanners',
        summary: 'Has a scanner given a new credential at its next heartbeat.',
        responses: { 200: listedScannerSchema },
        problems: changing,
      },
    },
    handler: async (request) => await answer(request, 'scanner.rotated', await rotate(changeOf(request))),
  });

  function changeOf({ params }: { params: ScannerParams }) {
    return { config, credentials: fleet.credentials, id: params.id };
  }

  async function answer(request: Pick<FastifyRequest, 'identity' | 'id'>, action: string, row: ScannerRow) {
    recordDeed(deps, request, { action, subject: row.id, details: { name: row.name } });
    const [listed] = await listScanners({ config, jobs }, { ...filterOf({ limit: 1 }), window, limit: 1, id: row.id });
    return entryOf(listed ?? Object.assign(row, { jobsHeld: null }), window);
  }
}

function filterOf(query: ScannerListQuery) {
  return {
    id: null,
    state: query.state ?? null,
    binaryVersion: query.binaryVersion ?? null,
    protocolVersion: query.protocolVersion ?? null,
    inWindow: query.inWindow ?? null,
    search: query.search ?? null,
    after: query.after ?? null,
  };
}
