import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Clock } from '../../base/index.ts';
import {
  findingListSchema,
  roles,
  scanFindingsQuerySchema,
  scanParamsSchema,
  targetHistoryQuerySchema,
  type Found,
  type ScanFindingsQuery,
  type ScanParams,
  type TargetHistoryQuery,
} from '../../contract/index.ts';
import type { FindingRow, Named, Scans } from '../../fleet/index.ts';
import { toCsv } from './csv.ts';
import { fileNameOf } from './file-name.ts';

const unread = ['database_unreachable', 'database_timeout'] as const;
const common = { gated: 'product', tag: 'scans', access: roles } as const;
const dayMs = 86_400_000;

/** What scans found. */
export function findingRoutes(app: FastifyInstance, scans: Scans, clock: Clock): void {
  app.route<{ Params: ScanParams; Querystring: ScanFindingsQuery }>({
    method: 'GET',
    url: '/api/scans/:id/findings',
    schema: { params: scanParamsSchema, querystring: scanFindingsQuerySchema },
    config: {
      facts: {
        ...common,
        summary: 'What a scan found, certificates that expire first before all others; as JSON or CSV.',
        responses: { 200: findingListSchema },
        problems: ['scan_unknown', ...unread],
      },
    },
    handler: async ({ params: { id }, query: { format, limit } }, reply) => {
      const { name } = await scans.read(id);
      const rows = await scans.findings({ scanId: id, address: null, limit });
      const findings = rows.map((row) => foundOf(row, clock));
      return await send(reply, findings, format && { format, name: `scan-${name}-${id.slice(0, 8)}` });
    },
  });

  app.route<{ Querystring: TargetHistoryQuery }>({
    method: 'GET',
    url: '/api/findings',
    schema: { querystring: targetHistoryQuerySchema },
    config: {
      facts: {
        ...common,
        summary: 'The history of one target: what was found there, newest first; as JSON or CSV.',
        responses: { 200: findingListSchema },
        problems: unread,
      },
    },
    handler: async ({ query: { address, limit, format } }, reply) => {
      const rows = await scans.findings({ scanId: null, address, limit });
      const findings = rows.map((row) => foundOf(row, clock));
      return await send(reply, findings, format && { format, name: `target-${address}` });
    },
  });
}

/** Findings as an answer, or as a file to keep when a format was asked for. */
async function send(
  reply: FastifyReply,
  findings: readonly Found[],
  file: { readonly format: 'json' | 'csv'; readonly name: string } | undefined,
): Promise<FastifyReply> {
  if (file !== undefined) {
    reply.header('content-disposition', `attachment; filename="${fileNameOf(file.name)}.${file.format}"`);
  }
  if (file?.format === 'csv') return await reply.type('text/csv; charset=utf-8').send(toCsv(findings));
  return await reply.send({ findings });
}

function foundOf(row: Named<FindingRow>, clock: Clock): Found {
  const expires = row.certificateExpiresAt;
  return {
    jobId: row.jobId,
    scanId: row.scanId,
    scannerId: row.scannerId,
    scannerName: row.scannerName,
    address: row.address,
    foundAt: row.foundAt.toISOString(),
    certificateExpiresAt: expires?.toISOString() ?? null,
    certificateDaysLeft: expires === null ? null : Math.floor((expires.getTime() - clock.now().getTime()) / dayMs),
    finding: row.finding,
  };
}
