import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { FastifyInstance } from 'fastify';
import { backupParamsSchema, type BackupParams } from '../../contract/index.ts';
import { recordDeed } from '../session/deeds.ts';
import { ask, unheard, type BackupRouteDeps } from './service.ts';

/** What the service says of the archive; nothing else of its answer reaches the browser. */
const passedBack = ['content-length', 'content-range', 'accept-ranges', 'etag', 'last-modified'] as const;

/**
 * A bundle as one archive, streamed through and never held here; a broken download goes on where it stopped. It holds
 * everything the databases hold, so it is for administrators: an auditor reads pages, not data.
 */
export function downloadRoute(app: FastifyInstance, deps: BackupRouteDeps): void {
  app.route<{ Params: BackupParams }>({
    method: 'GET',
    url: '/api/admin/backups/:id/download',
    schema: { params: backupParamsSchema },
    config: {
      facts: {
        access: ['admin'],
        tag: 'backups',
        summary: 'The bundle as one tar archive; takes Range.',
        responses: {
          200: { description: 'The archive.', mediaType: 'application/x-tar' },
          206: { description: 'The range that was asked for.', mediaType: 'application/x-tar' },
          304: { description: 'The archive is still the one with the ETag of If-None-Match.' },
          416: { description: 'The archive has no such range.' },
        },
        problems: [...unheard, 'bundle_missing', 'backup_targets_unread'],
      },
    },
    handler: async (request, reply) => {
      const { id } = request.params;
      const method = request.method === 'HEAD' ? 'HEAD' : 'GET';
      const leaving = new AbortController();
      reply.raw.once('close', () => leaving.abort());
      const terms = { signal: leaving.signal, headers: wantedOf(request.headers), method } as const;
      const answer = await ask(deps, async (client) => await client.download(id, terms));
      const { range } = request.headers;
      if (method === 'GET' && answer.ok)
        recordDeed(deps, request, { action: 'backup.downloaded', subject: id, details: { range: range ?? null } });
      for (const name of passedBack) {
        const value = answer.headers.get(name);
        if (value !== null) reply.header(name, value);
      }
      reply
        .code(answer.status)
        .type('application/x-tar')
        .header('content-disposition', `attachment; filename="plimsoll-${id}.tar"`);
      // Of an empty stream Fastify does not count the length, which is the archive's.
      if (method === 'HEAD' || answer.body === null) return await reply.send(Readable.from([]));
      return await reply.send(Readable.fromWeb(answer.body as ReadableStream));
    },
  });
}

function wantedOf(headers: NodeJS.Dict<string | string[]>): Record<string, string | undefined> {
  const one = (name: string): string | undefined => {
    const value = headers[name];
    return typeof value === 'string' ? value : undefined;
  };
  return { range: one('range'), 'if-range': one('if-range'), 'if-none-match': one('if-none-match') };
}
