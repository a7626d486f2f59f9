import { postgresHosts, type PostgresHost } from './postgres-hosts.ts';

/** What a session has to be like. Source: PostgreSQL manual, libpq, `target_session_attrs`. */
const sessionKinds = ['any', 'read-write', 'read-only', 'primary', 'standby', 'prefer-standby'] as const;
export type SessionKind = (typeof sessionKinds)[number];

/** A database URL as it was read. */
export interface PostgresAddress {
  /** Of the first host. */
  readonly url: URL;
  /** In the order in which they are to be tried; at least one. */
  readonly hosts: readonly PostgresHost[];
  readonly wanted: SessionKind;
  /** `connect_timeout`, for each host. */
  readonly perHostMs: number | undefined;
}

/** A database URL that can be used, or the sentence that says what is wrong with it and shows no password. */
export type PostgresUrl = PostgresAddress | { readonly problem: string };

const encode = 'percent-encode @ / ? # in the user and password (%40 %2F %3F %23)';

/**
 * Reads a postgres:// URL by the rules that the `pg` driver and libpq share, several hosts by those of libpq. A URL whose parts
 * could be read in two ways is refused: drivers guess differently, and a guess that ends the password early would show the rest of
 * it. In one thing libpq is not followed: several hosts and no `target_session_attrs` mean the primary, for whoever
 * answers first may be a standby, in which nothing of the product can be written.
 */
export function parsePostgresUrl(text: string): PostgresUrl {
  const rest = /^postgres(?:ql)?:\/\/(.*)$/s.exec(text)?.[1];
  if (rest === undefined) return { problem: 'must start with postgres:// or postgresql://' };
  const [beforeQuery = ''] = rest.split('?');
  const authority = beforeQuery.split('/')[0] ?? '';
  if (/[\s\\]/.test(text)) return { problem: 'must not contain blanks or backslashes' };
  if (text.includes('#') || beforeQuery.split('@').length > 2 || hasLateAt(rest, authority))
    return { problem: `cannot be read without guessing: ${encode}` };
  const hosts = postgresHosts(text, authority);
  if ('problem' in hosts) return hosts;
  const [first] = hosts;
  const url = first === undefined ? null : URL.parse(first.url.reveal());
  if (url === null || !hosts.every(isReadable))
    return { problem: `is not a URL that can be read: ${encode}; the port is 1 to 65535` };
  if (!/^\/[^/]+$/.test(url.pathname))
    return { problem: 'must name a database, as in postgres://user@host:5432/config' };
  return withRules({ url, hosts }, new URLSearchParams(rest.slice(beforeQuery.length)));
}

function withRules(read: Pick<PostgresAddress, 'url' | 'hosts'>, parameters: URLSearchParams): PostgresUrl {
  const asked = parameters.get('target_session_attrs') ?? (read.hosts.length > 1 ? 'primary' : 'any');
  const wanted = sessionKinds.find((kind) => kind === asked);
  if (wanted === undefined) return { problem: `has a target_session_attrs that is none of ${sessionKinds.join(', ')}` };
  if ((parameters.get('load_balance_hosts') ?? 'disable') !== 'disable')
    return { problem: 'asks for load_balance_hosts, which is not supported: hosts are tried in their order' };
  const seconds = parameters.get('connect_timeout') ?? '0';
  if (!/^\d{1,6}$/.test(seconds)) return { problem: 'has a connect_timeout that is no whole number of seconds' };
  return { ...read, wanted, perHostMs: seconds === '0' ? undefined : Number(seconds) * 1000 };
}

/** An @ after the first slash belonged to a password with a raw slash or question mark in it. */
function hasLateAt(rest: string, authority: string): boolean {
  const [tail = ''] = rest.slice(authority.length).split('host=');
  return tail.includes('@');
}

function isReadable(host: PostgresHost): boolean {
  const url = URL.parse(host.url.reveal());
  if (url === null || !/^\d{1,5}$/.test(host.port) || Number(host.port) > 65_535) return false;
  try {
    for (const part of [url.username, url.password, url.pathname, host.name]) decodeURIComponent(part);
    return true;
  } catch {
    return false;
  }
}
