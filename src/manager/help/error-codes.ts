import { readFile } from 'node:fs/promises';
import type { FastifyInstance } from 'fastify';
import { httpError } from '../../http/index.ts';

/** The page that the `type` of every problem document leads to; open to all, as the problems are. */
export function errorCodesRoute(app: FastifyInstance, path: string): void {
  app.route({
    method: 'GET',
    url: '/docs/errors.md',
    config: {
      facts: {
        access: 'public',
        tag: 'help',
        summary: 'What each error code means: the page that the `type` of a problem leads to.',
        responses: { 200: { description: 'A paragraph for each code, under its name.', mediaType: 'text/html' } },
        problems: ['not_found'],
      },
    },
    handler: async (_request, reply) => {
      const page = renderErrorCodes(await readPage(path));
      return await reply.type('text/html; charset=utf-8').send(page);
    },
  });
}

async function readPage(path: string): Promise<string> {
  return await readFile(path, 'utf8').catch((error: unknown) => {
    throw httpError('not_found', {
      message: 'the page of error codes did not come with this installation',
      hint: 'Read docs/errors.md of the release.',
      cause: error,
    });
  });
}

/** As HTML, in which each code is a place that a link leads to. Knows only what scripts/docs/errors-page.ts writes. */
export function renderErrorCodes(markdown: string): string {
  const blocks = markdown.split(/\n{2,}/).map((block) => block.trim());
  const body = blocks.filter((block) => block !== '').map(renderBlock);
  return `<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>Error codes · Plimsoll</title>\n${body.join('\n')}\n</html>\n`;
}

function renderBlock(block: string): string {
  const [, marks = '', title = ''] = /^(#{1,3}) (.+)$/.exec(block) ?? [];
  const level = marks.length;
  if (level === 0) return `<p>${inline(block)}</p>`;
  return level === 3 ? `<h3 id="${inline(title)}">${inline(title)}</h3>` : `<h${level}>${inline(title)}</h${level}>`;
}

function inline(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll(/`([^`]+)`/g, '<code>$1</code>');
}
