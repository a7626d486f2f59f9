import { setTimeout as delay } from 'node:timers/promises';
import type { Servers } from './servers.ts';

/** Sessions of one program and role in one database. */
export interface ConnectedProgram {
  readonly database: string;
  readonly applicationName: string;
  readonly role: string;
  readonly sessions: number;
  /** Of those, how many are in the middle of something. */
  readonly busy: number;
}

const connectedSql = `
select datname as database, coalesce(nullif(application_name, ''), backend_type) as "applicationName", usename as role,
       count(*)::integer as sessions, count(*) filter (where state <> 'idle' or wait_event_type = 'Lock')::integer as busy
  from pg_catalog.pg_stat_activity
 where datname = any($1::text[]) and backend_type = 'client backend' and pid <> pg_catalog.pg_backend_pid()
   and application_name not in ('plimsoll backup', 'plimsoll-status') and application_name not like 'plimsoll-posture%'
 group by 1, 2, 3 order by 1, 2, 3`;

/** Who is connected to these databases, beside ourselves and those who only look. */
export async function readConnected(servers: Servers, databases: readonly string[]): Promise<ConnectedProgram[]> {
  const found: ConnectedProgram[] = [];
  for (const { session } of servers.all)
    found.push(...(await session.query<ConnectedProgram>(connectedSql, [databases])));
  return found;
}

/** Connected programs in words: `plimsoll manager (plimsoll_app) to config and jobs`. */
export function describeConnected(connected: readonly ConnectedProgram[]): string {
  const programs = Map.groupBy(connected, ({ applicationName, role }) => `${applicationName} (${role})`);
  return [...programs].map(([who, rows]) => `${who} to ${rows.map(({ database }) => database).join(', ')}`).join('; ');
}

export interface Settling {
  /** At least this long, so that every manager has seen the closed gate. */
  readonly atLeastMs: number;
  /** At most this long: who is busy then is named, and ended with the exchange. */
  readonly atMostMs: number;
  readonly signal: AbortSignal;
}

/** Waits until nobody is in the middle of anything; gives who still is when the wait is over. */
export async function settle(
  servers: Servers,
  databases: readonly string[],
  { atLeastMs, atMostMs, signal }: Settling,
): Promise<ConnectedProgram[]> {
  const begin = performance.now();
  for (;;) {
    const busy = (await readConnected(servers, databases)).filter((program) => program.busy > 0);
    const waitedMs = performance.now() - begin;
    if (waitedMs >= atMostMs || (busy.length === 0 && waitedMs >= atLeastMs)) return busy;
    await delay(Math.min(200, Math.max(atLeastMs - waitedMs, 20)), undefined, { signal });
  }
}
