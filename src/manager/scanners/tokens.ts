import type { FastifyInstance, FastifyRequest } from 'fastify';
import {
  enrolmentTokenListSchema,
  madeEnrolmentTokenSchema,
  newEnrolmentTokenSchema,
  scannerParamsSchema,
  type EnrolmentTokenEntry,
  type NewEnrolmentTokenRequest,
  type ScannerParams,
} from '../../contract/index.ts';
import {
  createEnrolmentToken,
  endEnrolmentToken,
  listEnrolmentTokens,
  type EnrolmentTokenRow,
} from '../../fleet/index.ts';
import type { Database } from '../../postgres/index.ts';
import type { PostureSource } from '../../posture/index.ts';
import { enrolmentCommands } from './commands.ts';
import { recordDeed, type Deeds } from '../session/deeds.ts';

export interface EnrolmentTokenDeps extends Deeds {
  readonly config: Database;
  readonly posture: PostureSource;
}

/** Enrolment tokens: made, listed, revoked. The text of one is shown once, when it is made. */
export function enrolmentTokenRoutes(app: FastifyInstance, deps: EnrolmentTokenDeps): void {
  const { config, posture } = deps;

  app.route({
    method: 'GET',
    url: '/api/admin/enrolment-tokens',
    config: {
      facts: {
        access: ['admin', 'auditor'],
        tag: 'scanners',
        summary: 'Lists enrolment tokens, newest first.',
        responses: { 200: enrolmentTokenListSchema },
      },
    },
    handler: async () => ({ tokens: (await listEnrolmentTokens(config)).map(entryOf) }),
  });

  app.route<{ Body: NewEnrolmentTokenRequest }>({
    method: 'POST',
    url: '/api/admin/enrolment-tokens',
    schema: { body: newEnrolmentTokenSchema },
    config: {
      facts: {
        access: ['admin'],
        tag: 'scanners',
        summary: 'Makes an enrolment token.',
        responses: { 201: madeEnrolmentTokenSchema },
        problems: ['cross_site', 'read_only'],
      },
    },
    handler: async (request, reply) => {
      const { note, maxUses, validHours } = request.body;
      const madeBy = request.identity?.username ?? 'unknown';
      const { text, row } = await createEnrolmentToken(config, {
        note,
        maxUses,
        madeBy,
        validSeconds: validHours * 3600,
      });
      const details = { note, maxUses, expiresAt: row.expiresAt.toISOString() };
      recordDeed(deps, request, { action: 'enrolment_token.created', subject: row.id, details });
      const token = text.reveal();
      const { version: appVersion } = posture.current().posture.app;
      const commands = enrolmentCommands({ managerUrl: managerAddress(request), token, appVersion });
      return await reply.code(201).send({ ...entryOf(row), token, ...commands });
    },
  });

  app.route<{ Params: ScannerParams }>({
    method: 'DELETE',
    url: '/api/admin/enrolment-tokens/:id',
    schema: { params: scannerParamsSchema },
    config: {
      facts: {
        access: ['admin'],
        tag: 'scanners',
        summary: 'Revokes an enrolment token; scanners that enrolled with it stay.',
        responses: { 204: { description: 'Revoked.' } },
        problems: ['cross_site', 'read_only', 'enrolment_token_unknown'],
      },
    },
    handler: async (request, reply) => {
      await endEnrolmentToken(config, request.params.id);
      recordDeed(deps, request, { action: 'enrolment_token.revoked', subject: request.params.id, details: {} });
      return await reply.code(204).send();
    },
  });
}

/** How whoever asks reaches this manager. A browser says it itself, which holds behind a proxy that ends TLS, too. */
function managerAddress({ headers, protocol, host }: FastifyRequest): string {
  const origin = URL.parse(headers.origin ?? '');
  return origin !== null && /^https?:$/.test(origin.protocol) ? origin.origin : `${protocol}://${host}`;
}

function entryOf(row: EnrolmentTokenRow): EnrolmentTokenEntry {
  return {
    id: row.id,
    note: row.note,
    madeBy: row.madeBy,
    madeAt: row.madeAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    maxUses: row.maxUses,
    uses: row.uses,
    revokedAt: row.revokedAt?.toISOString() ?? null,
  };
}
