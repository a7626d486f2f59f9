import { randomUUID } from 'node:crypto';

/** The caller's own X-Request-Id if it is one that can stand in a log line, otherwise a new one. */
export function requestIdOf(header: string | readonly string[] | undefined): string {
  return typeof header === 'string' && /^[\w.-]{1,64}$/.test(header) ? header : randomUUID();
}
