import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import {
  enrolAnswerSchema,
  enrolRequestSchema,
  heartbeatAnswerSchema,
  heartbeatRequestSchema,
  leaseAnswerSchema,
  leaseRequestSchema,
  resultRequestSchema,
  scannerLimits,
  scannerPaths,
  sentId,
  type EnrolRequest,
  type HeartbeatRequest,
  type LeaseRequest,
  type ResultRequest,
} from '../../contract/index.ts';
import type { Fleet } from '../../fleet/index.ts';
import { unpackBody } from './unpack.ts';

const jobParamsSchema = z.strictObject({ id: sentId });

/** The scanner wire protocol. The fleet decides; this is its transport. docs/scanner-protocol.md is the prose. */
export function scannerRoutes(app: FastifyInstance, fleet: Fleet): void {
  app.route<{ Body: EnrolRequest }>({
    method: 'POST',
    url: scannerPaths.enrol,
    schema: { body: enrolRequestSchema },
    bodyLimit: scannerLimits.envelopeBytes,
    config: {
      facts: {
        access: 'scanner',
        tag: 'scanner',
        summary: 'Enrols a scanner, with an enrolment token as bearer.',
        responses: { 201: enrolAnswerSchema },
        problems: ['enrolment_token_invalid', 'fleet_unavailable'],
      },
    },
    handler: async (request, reply) =>
      await reply.code(201).send(await fleet.enrol(bearerOf(request.headers.authorization), request.body)),
  });

  app.route<{ Body: HeartbeatRequest }>({
    method: 'POST',
    url: scannerPaths.heartbeat,
    schema: { body: heartbeatRequestSchema },
    bodyLimit: scannerLimits.envelopeBytes,
    config: {
      facts: {
        access: 'scanner',
        tag: 'scanner',
        summary: 'Tells that a scanner is alive and which jobs it holds; renews their leases.',
        responses: { 200: heartbeatAnswerSchema },
        problems: ['credential_invalid', 'credential_revoked', 'fleet_unavailable'],
      },
    },
    handler: async (request) => await fleet.heartbeat(bearerOf(request.headers.authorization), request.body),
  });

  workRoutes(app, fleet);
}

function workRoutes(app: FastifyInstance, fleet: Fleet): void {
  app.route<{ Body: LeaseRequest }>({
    method: 'POST',
    url: scannerPaths.lease,
    schema: { body: leaseRequestSchema },
    bodyLimit: scannerLimits.envelopeBytes,
    config: {
      facts: {
        access: 'scanner',
        gated: 'leases',
        tag: 'scanner',
        summary: 'Leases jobs to a scanner; waits for some if there are none.',
        responses: { 200: leaseAnswerSchema, 204: { description: 'No jobs yet.' } },
        problems: ['credential_invalid', 'credential_revoked', 'protocol_unsupported', 'fleet_unavailable'],
      },
    },
    handler: async (request, reply) => {
      const jobs = await fleet.lease(bearerOf(request.headers.authorization), request.body, hangUpOf(reply));
      return jobs.length === 0 ? await reply.code(204).send() : { jobs };
    },
  });

  app.route<{ Body: ResultRequest; Params: z.infer<typeof jobParamsSchema> }>({
    method: 'POST',
    url: '/scanner/v1/jobs/:id/result',
    schema: { body: resultRequestSchema, params: jobParamsSchema },
    bodyLimit: scannerLimits.unpackedResultBytes,
    preParsing: unpackBody,
    config: {
      facts: {
        access: 'scanner',
        gated: 'leases',
        tag: 'scanner',
        summary: 'Reports what became of a job, once a lease; again after a lost answer.',
        responses: { 204: { description: 'Recorded, now or earlier.' } },
        problems: [
          'credential_invalid',
          'credential_revoked',
          'lease_lost',
          'outcome_not_of_protocol',
          'fleet_unavailable',
        ],
      },
    },
    handler: async (request, reply) => {
      await fleet.result(bearerOf(request.headers.authorization), request.params.id, request.body);
      return await reply.code(204).send();
    },
  });
}

function bearerOf(header: string | undefined): string | undefined {
  return /^Bearer +(\S+)$/i.exec(header ?? '')?.[1];
}

/** Aborted when the connection closes before the answer is out. */
function hangUpOf(reply: FastifyReply): AbortSignal {
  const abort = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) abort.abort();
  });
  return abort.signal;
}
