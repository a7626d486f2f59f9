import type { FastifyInstance } from 'fastify';
import type { Clock } from '../../base/index.ts';
import {
  historyQuerySchema,
  postureAtQuerySchema,
  postureAtSchema,
  postureHistorySchema,
  type ChangedEntry,
  type HistoryQuery,
  type PostureAtQuery,
} from '../../contract/index.ts';
import type { Database } from '../../postgres/index.ts';
import { readHistory, readPostureAt } from '../../posture/index.ts';

interface HistoryDeps {
  readonly config: Database;
  readonly clock: Clock;
  /** What this manager has seen and not written yet. */
  readonly waitingChanges: () => readonly ChangedEntry[];
}

const common = { access: ['admin', 'auditor'], tag: 'release' } as const;

/** The history of the posture. A config database that cannot be read is told in the answer, as by the page itself. */
export function historyRoutes(app: FastifyInstance, { config, clock, waitingChanges }: HistoryDeps): void {
  app.route<{ Querystring: HistoryQuery }>({
    method: 'GET',
    url: '/api/admin/release/history',
    schema: { querystring: historyQuerySchema },
    config: {
      facts: {
        ...common,
        summary: 'What changed of the release posture, and when nobody was watching; newest first.',
        responses: { 200: postureHistorySchema },
        problems: ['history_time_invalid', 'history_cursor_invalid'],
      },
    },
    handler: async ({ query }) => await readHistory(config, query, clock.now(), waitingChanges),
  });

  app.route<{ Querystring: PostureAtQuery }>({
    method: 'GET',
    url: '/api/admin/release/history/at',
    schema: { querystring: postureAtQuerySchema },
    config: {
      facts: {
        ...common,
        summary: 'The release posture as it was recorded last at or before a time.',
        responses: { 200: postureAtSchema },
        problems: ['history_time_invalid'],
      },
    },
    handler: async ({ query: { time } }) => await readPostureAt(config, time, clock.now()),
  });
}
