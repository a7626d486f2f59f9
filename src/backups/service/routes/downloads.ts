import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { z } from 'zod';
import type { Clock, Log } from '../../../base/index.ts';
import { openDownload, parseRange, planDownload, type DownloadPlan } from '../../download/index.ts';
import { holderOf, useIfPossible } from '../../lock/index.ts';
import type { KeptTarget, Place } from '../../places.ts';
import type { Catalogue } from '../catalogue.ts';
import { requireEntry } from '../entries.ts';
import { idParams } from './bundles.ts';

export interface DownloadRoutesDeps {
  readonly catalogue: Catalogue;
  readonly places: readonly Place[];
  /** BACKUP_DIR. */
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
}

interface Headers {
  readonly range?: string | undefined;
  readonly 'if-range'?: string | undefined;
  readonly 'if-none-match'?: string | undefined;
}

/** A bundle as one tar file; one that broke off goes on where it did. */
export function downloadRoutes(app: FastifyInstance, deps: DownloadRoutesDeps): void {
  const { catalogue, places } = deps;
  app.route<{ Params: z.output<typeof idParams>; Headers: Headers }>({
    method: 'GET',
    url: '/api/bundles/:id/download',
    schema: { params: idParams },
    config: {
      facts: {
        access: 'service',
        tag: 'bundles',
        summary: 'The bundle as one tar file, or the part of it that Range asks for.',
        responses: {
          200: { description: 'All of it.', mediaType: 'application/x-tar' },
          206: { description: 'The part that was asked for.', mediaType: 'application/x-tar' },
          304: { description: 'It is still the one with the ETag of If-None-Match.' },
          416: { description: 'The part that was asked for lies beyond its end.' },
        },
        problems: ['bundle_missing', 'backup_targets_unread', 'target_unavailable', 'bundle_in_use'],
      },
    },
    handler: async ({ params, headers, method }, reply) => {
      const entry = requireEntry(catalogue.shelves(), params.id);
      const plan = planDownload(entry.manifest);
      reply
        .header('etag', plan.etag)
        .header('accept-ranges', 'bytes')
        .header('content-disposition', `attachment; filename="${plan.fileName}"`)
        .type('application/x-tar');
      if (headers['if-none-match'] === plan.etag) return await reply.code(304).send();
      const range = rangeOf(headers, plan);
      if (range === 'unsatisfiable')
        return await reply.code(416).header('content-range', `bytes */${plan.totalBytes}`).send();
      announce(reply, plan, range);
      if (method === 'HEAD') return await reply.send();
      const { target } = await placeOf(places, entry.copies);
      return await reply.send(await whileHeld(deps, params.id, () => openDownload(target, params.id, plan, range)));
    },
  });
}

/** The bundle is not deleted before the stream is at its end, or nobody reads it any more. */
async function whileHeld(
  { folder, clock, log }: DownloadRoutesDeps,
  id: string,
  open: () => Readable,
): Promise<Readable> {
  const holder = holderOf('a download', 'the backup service', clock);
  const onUnlocked = (error: Error): void => log.warn({ bundle: id, err: error }, error.message);
  const hold = await useIfPossible(folder, id, { holder, onUnlocked });
  return open().once('close', () => void hold?.[Symbol.asyncDispose]());
}

/** If-Range: the rest only of the same file; all of it when it has become another one. */
function rangeOf(headers: Headers, plan: DownloadPlan): ReturnType<typeof parseRange> {
  const condition = headers['if-range'];
  return condition === undefined || condition === plan.etag ? parseRange(headers.range, plan.totalBytes) : undefined;
}

function announce(
  reply: FastifyReply,
  { totalBytes }: DownloadPlan,
  range: Exclude<ReturnType<typeof parseRange>, 'unsatisfiable'>,
): void {
  if (range === undefined) {
    reply.code(200).header('content-length', totalBytes);
    return;
  }
  reply
    .code(206)
    .header('content-range', `bytes ${range.start}-${range.end}/${totalBytes}`)
    .header('content-length', range.end - range.start + 1);
}

/** A copy that can be read now, else the first there is: its error says what is wrong. */
async function placeOf(
  places: readonly Place[],
  copies: readonly { readonly target: string; readonly state: string }[],
): Promise<KeptTarget> {
  const isIn = (place: Place, states: readonly string[]): boolean =>
    copies.some(({ target, state }) => target === place.target.name && states.includes(state));
  const place =
    places.find((each) => isIn(each, ['whole'])) ?? places.find((each) => isIn(each, ['unknown'])) ?? places[0];
  if (place === undefined) throw new TypeError('there is no place for bundles');
  return await place.forReading();
}
