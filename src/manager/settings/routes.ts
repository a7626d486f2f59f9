import type { FastifyInstance } from 'fastify';
import { AppError, withDeadline } from '../../base/index.ts';
import { maintenanceKey, settingsSchema, type KeptSetting, type Settings } from '../../contract/index.ts';
import type { Database } from '../../postgres/index.ts';
import type { ManagerDeps } from '../types.ts';
import { readKeptSettings, type KeptRow } from './store.ts';

export type SettingsRouteDeps = Pick<ManagerDeps, 'config' | 'posture' | 'settings' | 'host'>;

/** What may be shown of what the config database keeps; any other key might hold a secret. */
const about: Readonly<Record<string, string>> = {
  'deployment.id': 'Which deployment this is, for ever: a bundle says which one it was taken of.',
  'fleet.epoch': 'How often this deployment was brought back from a bundle: leases from before are turned away.',
  [maintenanceKey]: 'Why the gate of every manager is held closed; gone when that is over.',
};

/** Admin > Settings. What a manager was started with needs no database; what the config database keeps has its own status. */
export function settingsRoute(app: FastifyInstance, deps: SettingsRouteDeps): void {
  app.route({
    method: 'GET',
    url: '/api/admin/settings',
    config: {
      facts: {
        access: ['admin', 'auditor'],
        tag: 'settings',
        summary: 'Every setting of the manager that answers, with its source; secrets as set or not set.',
        responses: { 200: settingsSchema },
      },
    },
    handler: async (): Promise<Settings> => ({
      host: deps.host,
      startedAt: deps.posture.current().posture.app.startedAt,
      settings: [...deps.settings],
      kept: await readKept(deps.config),
    }),
  });
}

async function readKept(config: Database): Promise<Settings['kept']> {
  try {
    const rows = await withDeadline(2500, async () => await readKeptSettings(config));
    return { status: 'ok', error: null, entries: rows.map(entryOf) };
  } catch (error) {
    if (!(error instanceof AppError)) return { status: 'unknown', error: late, entries: [] };
    return { status: 'unknown', error: { code: error.code, message: error.message }, entries: [] };
  }
}

const late = { code: 'database_timeout', message: 'the config database did not answer in time' };

function entryOf({ key, value, updatedAt, updatedBy }: KeptRow): KeptSetting {
  const known = about[key];
  return {
    key,
    about: known ?? '',
    value: known === undefined ? null : JSON.stringify(value),
    updatedAt: updatedAt.toISOString(),
    updatedBy,
  };
}
