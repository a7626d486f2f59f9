import { queryOptions } from '@tanstack/react-query';
import type { AuditLog, AuditQuery } from '../../src/contract/index.ts';
import { readLive } from './live.ts';
import { calm } from './poll.ts';

/** Which events are wanted, as the query of the call; what is absent does not matter. */
export type WantedEvents = Readonly<Partial<Record<Exclude<keyof AuditQuery, 'format' | 'limit'>, string>>>;

const path = '/api/admin/audit';

/** A page of the audit log. */
export function auditQuery(wanted: WantedEvents) {
  const query = new URLSearchParams(Object.entries(wanted)).toString();
  return queryOptions({
    queryKey: ['audit', query],
    queryFn: async ({ signal }) => await readLive<AuditLog>(query === '' ? path : `${path}?${query}`, signal),
    ...calm,
  });
}

/** Where all events that match are had as a file. */
export function auditFile({ before: _before, ...wanted }: WantedEvents): string {
  return `${path}?${new URLSearchParams(Object.entries({ ...wanted, format: 'csv' })).toString()}`;
}
