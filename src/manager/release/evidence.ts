import type { FastifyInstance } from 'fastify';
import type { Clock } from '../../base/index.ts';
import { evidenceQuerySchema, type EvidenceQuery } from '../../contract/index.ts';
import { evidenceFiles, zip, type Evidence, type EvidenceRequest } from '../../evidence/index.ts';
import { momentOf, type PostureSource } from '../../posture/index.ts';
import { recordDeed, type Deeds } from '../session/deeds.ts';

interface EvidenceDeps extends Deeds {
  readonly posture: PostureSource;
  readonly makeEvidence: (request: EvidenceRequest) => Promise<Evidence>;
  readonly clock: Clock;
}

const usualSpanMs = 30 * 86_400_000;

/** Evidence as one ZIP file: the signed JSON and the page made from it. Works with any database down, and says what is missing. */
export function evidenceRoute(app: FastifyInstance, deps: EvidenceDeps): void {
  app.route<{ Querystring: EvidenceQuery }>({
    method: 'GET',
    url: '/api/admin/release/evidence',
    schema: { querystring: evidenceQuerySchema },
    config: {
      facts: {
        access: ['admin', 'auditor'],
        tag: 'release',
        summary:
          'Evidence of the state of this deployment and how it came about: signed JSON and a page to read, as one ZIP file.',
        responses: { 200: { description: 'The ZIP file.', mediaType: 'application/zip' } },
        problems: ['history_time_invalid'],
      },
    },
    handler: async (request, reply) => {
      const now = deps.clock.now();
      const since = sinceOf(request.query, now);
      const { posture } = deps.posture.current();
      const who = request.identity?.username ?? 'unknown';
      const evidence = await deps.makeEvidence({ posture, since, who, how: 'page' });
      recordDeed(deps, request, {
        action: 'evidence.downloaded',
        subject: null,
        details: { since: since.toISOString(), keyId: evidence.keyId },
      });
      const files = [
        { name: evidenceFiles.envelope, text: evidence.envelope },
        { name: evidenceFiles.page, text: evidence.page },
      ];
      const name = `evidence-${now.toISOString().slice(0, 19).replaceAll(':', '')}Z.zip`;
      return await reply
        .type('application/zip')
        .header('content-disposition', `attachment; filename="${name}"`)
        .send(zip(files, now));
    },
  });
}

function sinceOf({ since }: EvidenceQuery, now: Date): Date {
  return since === undefined ? new Date(now.getTime() - usualSpanMs) : momentOf('since', since).first;
}
