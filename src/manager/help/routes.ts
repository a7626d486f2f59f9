import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { helpIndexSchema, helpPageSchema, type HelpPageDocument } from '../../contract/index.ts';
import { httpError } from '../../http/index.ts';

const paramsSchema = z.object({ page: z.string().min(1).max(60) });

/** The help pages. Open to all: whoever cannot sign in may need them most, and they hold nothing of the deployment. */
export function helpRoutes(app: FastifyInstance, pages: readonly HelpPageDocument[]): void {
  app.route({
    method: 'GET',
    url: '/api/help',
    config: {
      facts: { access: 'public', tag: 'help', summary: 'Lists the help pages.', responses: { 200: helpIndexSchema } },
    },
    handler: () => ({ pages: pages.map(({ page, title, intro }) => ({ page, title, intro })) }),
  });

  app.route<{ Params: { page: string } }>({
    method: 'GET',
    url: '/api/help/:page',
    schema: { params: paramsSchema },
    config: {
      facts: {
        access: 'public',
        tag: 'help',
        summary: 'Returns the help of one page.',
        responses: { 200: helpPageSchema },
        problems: ['not_found'],
      },
    },
    handler: (request) => {
      const page = pages.find((candidate) => candidate.page === request.params.page);
      if (page !== undefined) return page;
      throw httpError('not_found', {
        message: `there is no help page ${JSON.stringify(request.params.page)}, expected ${pages.map((known) => known.page).join(', ')}`,
        hint: 'GET /api/help lists them all.',
      });
    },
  });
}
