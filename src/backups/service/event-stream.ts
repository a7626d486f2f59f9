import { PassThrough } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RunEvent } from '../../contract/index.ts';
import type { RunChange, Runs } from './runs.ts';

const heartbeatMs = 15_000;
/** More would only be drawn over each other. */
const shortestPauseMs = 200;
const mostUnreadBytes = 64 * 1024;

/**
 * Streams runs as they change. Each event holds all of a run, so whoever comes back has missed nothing: after
 * `Last-Event-ID` the newest state is sent unless it is the one that was seen. Ids are of this process alone: one of an earlier
 * process names none of it.
 */
export function streamRuns(runs: Runs, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const stream = new PassThrough();
  const seen = request.headers['last-event-id'];
  const sender = new Sender(runs, stream, typeof seen === 'string' ? seen : undefined);
  reply.raw.once('close', () => sender.stop());
  return reply
    .header('content-type', 'text/event-stream; charset=utf-8')
    .header('x-accel-buffering', 'no')
    .send(stream);
}

class Sender {
  readonly #runs: Runs;
  readonly #stream: PassThrough;
  readonly #heartbeat: NodeJS.Timeout;
  readonly #letGo: readonly (() => void)[];
  #lastSent: string | undefined;
  #lastSentAt = 0;
  #pending: NodeJS.Timeout | undefined;

  constructor(runs: Runs, stream: PassThrough, lastSeen: string | undefined) {
    this.#runs = runs;
    this.#stream = stream;
    this.#lastSent = lastSeen;
    this.#heartbeat = setInterval(() => void stream.write(': alive\n\n'), heartbeatMs).unref();
    this.#letGo = [runs.subscribe((change) => this.#onChange(change)), runs.onStopped(() => this.stop())];
    // What was missed, or that nothing runs: the first event comes at once either way.
    stream.write(': here\n\n');
    this.#send();
  }

  stop(): void {
    clearInterval(this.#heartbeat);
    clearTimeout(this.#pending);
    for (const letGo of this.#letGo) letGo();
    this.#stream.end();
  }

  /** The end of a run is never held back: the next one would take its place. */
  #onChange({ run }: RunChange): void {
    if (run.state !== 'running') return this.#send();
    // Whoever reads slowly gets the newest state when the older ones are through.
    if (this.#stream.writableLength > mostUnreadBytes) return;
    const pauseMs = Math.max(0, this.#lastSentAt + shortestPauseMs - Date.now());
    this.#pending ??= setTimeout(() => this.#send(), pauseMs).unref();
  }

  #send(): void {
    clearTimeout(this.#pending);
    this.#pending = undefined;
    const change = this.#runs.latestChange();
    const id = `${this.#runs.process}-${change?.sequence ?? 0}`;
    if (id === this.#lastSent) return;
    const event: RunEvent = { run: change?.run ?? null };
    this.#stream.write(`event: run\nid: ${id}\ndata: ${JSON.stringify(event)}\n\n`);
    this.#lastSent = id;
    this.#lastSentAt = Date.now();
  }
}
