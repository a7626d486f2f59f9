import type { FastifyInstance, FastifyRequest } from 'fastify';
import {
  listedScannerSchema,
  renameScannerSchema,
  scannerListQuerySchema,
  scannerListSchema,
  scannerParamsSchema,
  type ProtocolWindow,
  type RenameScanner,
  type ScannerListQuery,
  type ScannerParams,
} from '../../contract/index.ts';
import {
  findScanner,
  listScanners,
  readCensusOf,
  rename,
  revoke,
  rotate,
  summariseCensus,
  type Fleet,
  type ScannerQuestion,
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
        summary: 'Lists scanners by filter and order, with the census of the whole fleet.',
        responses: { 200: scannerListSchema },
        problems: ['database_unreachable', 'database_timeout'],
      },
    },
    handler: async ({ query }) => {
      const [groups, { scanners, nextAfter }] = await Promise.all([
        readCensusOf(config),
        listScanners({ config, jobs }, questionOf(query, window)),
      ]);
      const counts = summariseCensus(groups, window);
      return { window, counts, scanners: scanners.map((row) => entryOf(row, window)), nextAfter };
    },
  });

  app.route<{ Params: ScannerParams }>({
    method: 'GET',
    url: '/api/admin/scanners/:id',
    schema: { params: scannerParamsSchema },
    config: {
      facts: {
        access: readers,
        tag: 'scanners',
        summary: 'Shows one scanner.',
        responses: { 200: listedScannerSchema },
        problems: ['scanner_unknown', 'database_unreachable', 'database_timeout'],
      },
    },
    handler: async ({ params }) => entryOf(await findScanner({ config, jobs }, params.id), window),
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
    return entryOf(await findScanner({ config, jobs }, row.id), window);
  }
}

function questionOf(query: ScannerListQuery, window: ProtocolWindow): ScannerQuestion {
  return {
    window,
    limit: query.limit,
    state: query.state ?? null,
    binaryVersion: query.binaryVersion ?? null,
    protocolVersion: query.protocolVersion ?? null,
    inWindow: query.inWindow ?? null,
    refused: query.refused ?? null,
    cloneSuspected: query.cloneSuspected ?? null,
    holdsJobs: query.holdsJobs ?? null,
    silentHours: query.silentHours ?? null,
    search: query.search ?? null,
    sort: query.sort ?? null,
    descending: query.descending ?? false,
    after: query.after ?? null,
  };
}
