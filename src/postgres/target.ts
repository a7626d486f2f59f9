import { parsePostgresUrl, type PostgresAddress, type Secret } from '../base/index.ts';
import type { DatabaseTarget } from './classify.ts';

/** Hosts, database and user of a connection URL, for messages; the password never leaves the Secret. */
export function targetOf(spec: { readonly name: string; readonly url: Secret }): DatabaseTarget {
  const outcome = parsePostgresUrl(spec.url.reveal());
  if ('problem' in outcome) return { name: spec.name, label: 'unreadable URL' };
  const hosts = outcome.hosts.map(({ label }) => label).join(',');
  return { name: spec.name, label: `${decodeURIComponent(outcome.url.username)}@${hosts}${outcome.url.pathname}` };
}

/** Where a URL leads. The settings have refused what cannot be read; what is made elsewhere goes to the driver as it is. */
export function routeOf(url: Secret): Pick<PostgresAddress, 'hosts' | 'wanted' | 'perHostMs'> {
  const outcome = parsePostgresUrl(url.reveal());
  if (!('problem' in outcome)) return outcome;
  return { hosts: [{ name: '', port: '', label: 'unreadable URL', url }], wanted: 'any', perHostMs: undefined };
}
