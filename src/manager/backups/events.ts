import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { messageOf } from '../../base/index.ts';
import { ask, unheard, type BackupRouteDeps } from './service.ts';

/** Proxies close connections on which nothing comes for a minute. */
const pulseMs = 15_000;
/** Then the browser connects again, and whoever was signed out meanwhile is told. */
const longestMs = 5 * 60_000;
/** How long a first event is waited for: its absence means that the service has nothing to tell, not that it is down. */
const firstEventMs = 1000;
const pulse = ': \n\n';

/** Passes the progress of runs on as server-sent events, and lets go of the service when the browser does. */
export function eventRoute(app: FastifyInstance, deps: BackupRouteDeps): void {
  const open = new Set<AbortController>();
  app.addHook('preClose', (done) => {
    for (const each of open) each.abort();
    done();
  });

  app.route({
    method: 'GET',
    url: '/api/admin/backups/runs/current/events',
    exposeHeadRoute: false,
    config: {
      facts: {
        access: ['admin', 'auditor'],
        tag: 'backups',
        summary: 'The run that is under way as it goes on, then the next ones, as server-sent events `run`.',
        responses: { 200: { description: 'Events with the data {"run": …}.', mediaType: 'text/event-stream' } },
        problems: unheard,
      },
    },
    handler: async (request, reply) => {
      const ending = new AbortController();
      const { signal } = ending;
      open.add(ending);
      const timer = setTimeout(() => ending.abort(), longestMs);
      reply.raw.once('close', () => {
        clearTimeout(timer);
        open.delete(ending);
        ending.abort();
      });
      const lastEventId = request.headers['last-event-id'];
      const events = deps.backups.events({
        signal,
        lastEventId: typeof lastEventId === 'string' ? lastEventId : undefined,
      });
      const first = events.next();
      // A service that is down is told with a status of its own, before anything is sent.
      await ask(deps, async () => await Promise.race([first, pause(firstEventMs, signal)]));
      const texts = writeEvents({ first, events, signal, onFailure: (error) => request.log.debug(messageOf(error)) });
      return await reply
        .type('text/event-stream; charset=utf-8')
        // nginx keeps answers back until they are whole unless it is told not to.
        .header('x-accel-buffering', 'no')
        .send(Readable.from(texts, { objectMode: false }));
    },
  });
}

type Events = ReturnType<BackupRouteDeps['backups']['events']>;

interface Writing {
  readonly first: ReturnType<Events['next']>;
  readonly events: Events;
  readonly signal: AbortSignal;
  readonly onFailure: (error: unknown) => void;
}

/** The events as text, with a pulse while there are none. A service that goes away ends it; the browser asks again. */
async function* writeEvents({ first, events, signal, onFailure }: Writing): AsyncGenerator<string> {
  try {
    yield pulse;
    let next = first;
    while (!signal.aborted) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other is what a stream is
      const come = await Promise.race([next, pause(pulseMs, signal)]);
      if (come === undefined) {
        if (!signal.aborted) yield pulse;
        continue;
      }
      if (come.done === true) return;
      const { id, run } = come.value;
      yield `id: ${id}\nevent: run\ndata: ${JSON.stringify({ run })}\n\n`;
      next = events.next();
    }
  } catch (error) {
    onFailure(error);
  }
}

/** Undefined after that time, or as soon as the signal fires. */
async function pause(ms: number, signal: AbortSignal): Promise<undefined> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
    function end(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    }
  });
}
