import { parsePostgresUrl, type Secret } from '../../base/index.ts';

/** Parameters of a connection URL that libpq takes from the environment. */
const fromParameter: Readonly<Record<string, string>> = {
  sslmode: 'PGSSLMODE',
  sslrootcert: 'PGSSLROOTCERT',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
  sslcrl: 'PGSSLCRL',
  sslnegotiation: 'PGSSLNEGOTIATION',
  channel_binding: 'PGCHANNELBINDING',
  gssencmode: 'PGGSSENCMODE',
  options: 'PGOPTIONS',
};

/**
 * The whole environment of a client program: where to connect, and nothing of ours. Secrets stand here and never on the
 * command line, which every account of the machine can read.
 */
export function connectionEnvironment(secret: Secret): Record<string, string> {
  const outcome = parsePostgresUrl(secret.reveal());
  if ('problem' in outcome) throw new TypeError(`a database URL ${outcome.problem}`);
  const { url, hosts, wanted, perHostMs } = outcome;
  const environment: Record<string, string> = {
    PATH: '/usr/bin:/bin',
    LC_ALL: 'C',
    PGAPPNAME: 'plimsoll backup',
    PGCONNECT_TIMEOUT: String((perHostMs ?? 10_000) / 1000),
    // Whoever runs the service may have one, with another password in it.
    PGPASSFILE: '/dev/null',
    PGHOST: hosts.map(({ name }) => name).join(','),
    PGPORT: hosts.map(({ port }) => port).join(','),
    PGDATABASE: decodeURIComponent(url.pathname.slice(1)),
  };
  if (wanted !== 'any') environment['PGTARGETSESSIONATTRS'] = wanted;
  if (url.username !== '') environment['PGUSER'] = decodeURIComponent(url.username);
  if (url.password !== '') environment['PGPASSWORD'] = decodeURIComponent(url.password);
  for (const [parameter, value] of url.searchParams) {
    const name = fromParameter[parameter];
    if (name !== undefined) environment[name] = value;
  }
  // A word of node-postgres alone: encrypted, whoever it is.
  if (environment['PGSSLMODE'] === 'no-verify') environment['PGSSLMODE'] = 'require';
  return environment;
}
