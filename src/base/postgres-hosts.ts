import { Secret } from './secret.ts';

/** One of the servers that a database URL names. */
export interface PostgresHost {
  /** A name, an address without brackets, or the folder of a socket. */
  readonly name: string;
  readonly port: string;
  /** As it is shown: `name:port`; without the port where the URL has one host and leaves it out. */
  readonly label: string;
  /** The URL with this server alone, and without what is said about choosing one. */
  readonly url: Secret;
}

/** What chooses among servers, and what `host` and `port` say in place of the part before the path. */
const aboutServers = /^(host|port|target_session_attrs|load_balance_hosts|connect_timeout)=/;

/**
 * The servers of a URL, whose part between `//` and the path is `authority`. Source: PostgreSQL manual, libpq, "Specifying Multiple
 * Hosts": a list there or in `host=`; one port is that of all, else there is one for each, and an empty one is 5432.
 */
export function postgresHosts(text: string, authority: string): readonly PostgresHost[] | { readonly problem: string } {
  const at = authority.lastIndexOf('@') + 1;
  const listed = authority.slice(at).split(',').map(splitPort);
  const query = /\?(.*)$/s.exec(text)?.[1] ?? '';
  const parameters = new URLSearchParams(query);
  const names = namesIn(query) ?? listed.map(({ name }) => decoded(name));
  const ports = parameters.get('port')?.split(',') ?? listed.map(({ port }) => port);
  const [firstPort = ''] = ports;
  // The URL standard knows no second host, and libpq no host at all before ?host=/socket/dir: of one, all is left as it is.
  if (names.length === 1 && ports.length === 1 && listed.length === 1)
    return [oneHost(text, { authority, at, name: names[0] ?? '', port: firstPort })];
  if (names.some((name) => name === '')) return { problem: 'has an empty name in its list of hosts' };
  if (ports.length !== 1 && ports.length !== names.length)
    return { problem: `names ${names.length} hosts and ${ports.length} ports; give one port, or one for each` };
  const scheme = text.slice(0, text.indexOf('//') + 2);
  const path = text.slice(scheme.length + authority.length).split('?')[0] ?? '';
  const rest = query.split('&').filter((parameter) => parameter !== '' && !aboutServers.test(parameter));
  return names.map((name, index) => {
    const port = (ports.length === 1 ? firstPort : (ports[index] ?? '')) || '5432';
    const isFolder = name.startsWith('/');
    const all = [...rest, ...(isFolder ? [`host=${encodeURIComponent(name)}`] : [])];
    const place = `${isFolder ? 'localhost' : bracketed(name)}:${port}`;
    const url = `${scheme}${authority.slice(0, at)}${place}${path}${all.length === 0 ? '' : `?${all.join('&')}`}`;
    return { name: unbracketed(name), port, label: `${bracketed(name)}:${port}`, url: new Secret(url) };
  });
}

/** The list in `host=`. The folder of a socket may have a comma in its own name, and then it is percent-encoded. */
function namesIn(query: string): readonly string[] | undefined {
  const list = new URLSearchParams(query).get('host');
  const written = /(?:^|&)host=([^&]*)/.exec(query)?.[1] ?? '';
  return list?.startsWith('/') === true && !written.includes(',') ? [list] : list?.split(',');
}

interface LoneHost {
  readonly authority: string;
  readonly at: number;
  readonly name: string;
  readonly port: string;
}

function oneHost(text: string, { authority, at, name, port }: LoneHost): PostgresHost {
  const isBare = authority.slice(at) === '';
  const start = text.indexOf('//') + 2;
  const url = isBare ? `${text.slice(0, start + at)}localhost${text.slice(start + at)}` : text;
  const shown = name || 'localhost';
  return {
    name: unbracketed(shown),
    port: port || '5432',
    label: shown.startsWith('/') || port === '' ? bracketed(shown) : `${bracketed(shown)}:${port}`,
    url: new Secret(url),
  };
}

function splitPort(entry: string): { name: string; port: string } {
  const [, name = entry, port = ''] = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/s.exec(entry) ?? [];
  return { name, port };
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

function bracketed(name: string): string {
  return name.includes(':') && !name.startsWith('[') ? `[${name}]` : name;
}

function unbracketed(name: string): string {
  return name.replaceAll(/^\[|\]$/g, '');
}
