import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { pathOf } from '../../http/index.ts';

/** Serves the page for a path of the web app that is no file; false when the path is not one of its own. */
export type PageFallback = (request: FastifyRequest, reply: FastifyReply) => FastifyReply | undefined;

const yearSeconds = 31_536_000;

const notBuilt = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Plimsoll</title>
<h1>The web pages have not been built</h1>
<p>The manager runs and its API answers, but there are no pages to show. Build them with <code>npm run build</code> (in a checkout, <code>npm start</code> does it by itself), then reload.</p>
<p><a href="/readyz">/readyz</a> · <a href="/api/openapi.json">/api/openapi.json</a> · <a href="/metrics">/metrics</a></p>
</html>
`;

/** Serves the built web app; without one, a plain page that says how to build it. */
export async function serveWeb(app: FastifyInstance, directory: string | undefined): Promise<PageFallback> {
  if (directory === undefined || !existsSync(join(directory, 'index.html'))) {
    return (request, reply) =>
      isPage(request)
        ? reply.code(200).header('cache-control', 'no-store').type('text/html; charset=utf-8').send(notBuilt)
        : undefined;
  }
  await app.register(fastifyStatic, {
    root: directory,
    prefix: '/',
    preCompressed: true,
    cacheControl: false,
    setHeaders: (reply, path) => {
      // Vite puts a hash of the content into the name of every asset.
      const cache = path.includes('/assets/') ? `public, max-age=${yearSeconds}, immutable` : 'no-cache';
      reply.header('cache-control', cache);
    },
  });
  return (request, reply) => (isPage(request) ? reply.code(200).sendFile('index.html') : undefined);
}

/** A browser asking for a page: the web app's own router shows it, or says that there is none. */
function isPage(request: FastifyRequest): boolean {
  const path = pathOf(request.url);
  return (
    ['GET', 'HEAD'].includes(request.method) &&
    (request.headers.accept ?? '').includes('text/html') &&
    !/^\/(api|scanner|assets)(\/|$)/.test(path) &&
    !/\.\w+$/.test(path)
  );
}
