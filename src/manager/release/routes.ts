import type { FastifyInstance } from 'fastify';
import { releasePostureSchema } from '../../contract/index.ts';
import type { PostureSource } from '../../posture/index.ts';

/** The release posture, from memory: the text made at the last refresh is sent as it is. */
export function releaseRoutes(app: FastifyInstance, posture: PostureSource): void {
  app.route({
    method: 'GET',
    url: '/api/admin/release',
    config: {
      facts: {
        access: ['admin', 'auditor'],
        tag: 'release',
        summary: 'Returns the aggregated release posture rendered by Admin > Release.',
        responses: {
          200: releasePostureSchema,
          304: { description: 'The posture is still the one with the ETag of If-None-Match.' },
        },
      },
    },
    handler: (request, reply) => {
      const { json, etag } = posture.current();
      reply.header('etag', etag);
      if (matchesEtag(request.headers['if-none-match'], etag)) return reply.code(304).send();
      return reply.type('application/json; charset=utf-8').send(json);
    },
  });
}

/** Weak comparison, as RFC 9110 13.1.2 asks for If-None-Match. */
function matchesEtag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  const opaque = (tag: string): string => tag.trim().replace(/^W\//, '');
  return header.split(',').some((given) => given.trim() === '*' || opaque(given) === opaque(etag));
}
