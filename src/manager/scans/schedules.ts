import type { FastifyInstance, FastifyRequest } from 'fastify';
import {
  newScheduleSchema,
  roles,
  scanParamsSchema,
  scanSchema,
  scheduleChangeSchema,
  scheduleDetailSchema,
  scheduleListSchema,
  schedulePreviewQuerySchema,
  schedulePreviewSchema,
  type NewSchedule,
  type ScanParams,
  type ScheduleChange,
  type SchedulePreviewQuery,
} from '../../contract/index.ts';
import { recordDeed } from '../session/deeds.ts';
import { scanOf, targetsBodyLimit, type ScanDeps } from './routes.ts';
import { scheduleDetailOf, scheduleOf } from './schedule-entry.ts';

const unread = ['database_unreachable', 'database_timeout'] as const;
const common = { gated: 'product', tag: 'scans' } as const;
const writers = ['admin', 'user'] as const;
const changing = ['cross_site', 'read_only', ...unread] as const;

/** Scans that come again by cron. */
export function scheduleRoutes(app: FastifyInstance, deps: ScanDeps): void {
  const { schedules } = deps.fleet;

  app.route({
    method: 'GET',
    url: '/api/scans/schedules',
    config: {
      facts: {
        ...common,
        access: roles,
        summary: 'Lists schedules by name, each with what became of its latest occurrence.',
        responses: { 200: scheduleListSchema },
        problems: unread,
      },
    },
    handler: async () => ({ schedules: (await schedules.list()).map(scheduleOf) }),
  });

  app.route<{ Querystring: SchedulePreviewQuery }>({
    method: 'GET',
    url: '/api/scans/schedules/preview',
    schema: { querystring: schedulePreviewQuerySchema },
    config: {
      facts: {
        ...common,
        access: roles,
        summary: 'The next three times a cron expression would fire in a time zone; changes nothing.',
        responses: { 200: schedulePreviewSchema },
        problems: ['schedule_invalid'],
      },
    },
    handler: ({ query }, reply) => reply.send({ upcoming: schedules.preview(query).map((at) => at.toISOString()) }),
  });

  app.route<{ Params: ScanParams }>({
    method: 'GET',
    url: '/api/scans/schedules/:id',
    schema: { params: scanParamsSchema },
    config: {
      facts: {
        ...common,
        access: roles,
        summary: 'One schedule, with its next three occurrences and what became of the latest.',
        responses: { 200: scheduleDetailSchema },
        problems: ['schedule_unknown', ...unread],
      },
    },
    handler: async ({ params: { id } }) => scheduleDetailOf(await schedules.read(id)),
  });

  contentRoutes(app, deps);
  deedRoutes(app, deps);
}

/** Made and changed. */
function contentRoutes(app: FastifyInstance, deps: ScanDeps): void {
  const { schedules } = deps.fleet;

  app.route<{ Body: NewSchedule }>({
    method: 'POST',
    url: '/api/scans/schedules',
    bodyLimit: targetsBodyLimit,
    schema: { body: newScheduleSchema },
    config: {
      facts: {
        ...common,
        access: writers,
        summary: 'Makes a schedule: a scan that comes again by cron.',
        responses: { 201: scheduleDetailSchema },
        problems: [...changing, 'schedule_invalid', 'schedules_too_many'],
      },
    },
    handler: async (request, reply) => {
      const schedule = scheduleDetailOf(await schedules.create(request.body, nameOf(request)));
      const { name, cron, timeZone, targetCount } = schedule;
      const details = { name, cron, timeZone, targetCount };
      recordDeed(deps, request, { action: 'schedule.created', subject: schedule.id, details });
      return await reply.code(201).send(schedule);
    },
  });

  app.route<{ Params: ScanParams; Body: ScheduleChange }>({
    method: 'PATCH',
    url: '/api/scans/schedules/:id',
    bodyLimit: targetsBodyLimit,
    schema: { params: scanParamsSchema, body: scheduleChangeSchema },
    config: {
      facts: {
        ...common,
        access: writers,
        summary: 'Changes a schedule; `enabled` pauses it and resumes it.',
        responses: { 200: scheduleDetailSchema },
        problems: [...changing, 'schedule_unknown', 'schedule_invalid'],
      },
    },
    handler: async (request) => {
      const { params, body } = request;
      const schedule = scheduleDetailOf(await schedules.change(params.id, body, nameOf(request)));
      const details = { name: schedule.name, ...told(body) };
      recordDeed(deps, request, { action: 'schedule.changed', subject: params.id, details });
      return schedule;
    },
  });
}

/** Run and deleted. */
function deedRoutes(app: FastifyInstance, deps: ScanDeps): void {
  const { scans, schedules } = deps.fleet;

  app.route<{ Params: ScanParams }>({
    method: 'POST',
    url: '/api/scans/schedules/:id/run',
    schema: { params: scanParamsSchema },
    config: {
      facts: {
        ...common,
        access: writers,
        summary: 'Makes a scan of a schedule now; its next occurrence comes all the same.',
        responses: { 201: scanSchema },
        problems: [...changing, 'fleet_unavailable', 'schedule_unknown', 'schedule_still_running'],
      },
    },
    handler: async (request, reply) => {
      const { id } = request.params;
      const scan = scanOf(await scans.read(await schedules.run(id, nameOf(request))));
      recordDeed(deps, request, { action: 'schedule.run', subject: id, details: { name: scan.name, scanId: scan.id } });
      return await reply.code(201).send(scan);
    },
  });

  app.route<{ Params: ScanParams }>({
    method: 'DELETE',
    url: '/api/scans/schedules/:id',
    schema: { params: scanParamsSchema },
    config: {
      facts: {
        ...common,
        access: writers,
        summary: 'Deletes a schedule; the scans it made stay.',
        responses: { 204: { description: 'Deleted.' } },
        problems: [...changing, 'schedule_unknown'],
      },
    },
    handler: async (request, reply) => {
      const { id } = request.params;
      const name = await schedules.remove(id);
      recordDeed(deps, request, { action: 'schedule.deleted', subject: id, details: { name } });
      return await reply.code(204).send();
    },
  });
}

function nameOf({ identity }: Pick<FastifyRequest, 'identity'>): string {
  return identity?.username ?? 'unknown';
}

/** A change for the audit log: a thousand targets are told as their number. */
function told({ targets, ...change }: ScheduleChange): Record<string, unknown> {
  return targets === undefined ? change : { ...change, targetCount: targets.length };
}
