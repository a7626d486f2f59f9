import { expect, it } from 'vitest';
import { Secret } from '../../base/index.ts';
import { connectionEnvironment } from './connection-environment.ts';

const of = (url: string) => connectionEnvironment(new Secret(url));

it('says all that a client program needs to connect, and takes nothing else over', () => {
  expect(of('postgres://us%40er:p%2Fw%3F@db.example:6432/my%20db?sslmode=verify-full&sslrootcert=/ca.pem')).toEqual({
    PATH: '/usr/bin:/bin',
    LC_ALL: 'C',
    PGAPPNAME: 'plimsoll backup',
    PGCONNECT_TIMEOUT: '10',
    PGPASSFILE: '/dev/null',
    PGHOST: 'db.example',
    PGPORT: '6432',
    PGUSER: 'us@er',
    PGPASSWORD: 'p/w?',
    PGDATABASE: 'my db',
    PGSSLMODE: 'verify-full',
    PGSSLROOTCERT: '/ca.pem',
  });
});

it.each([
  [
    'several hosts, of which the primary is wanted',
    'postgres://u@h1:5433,[::1]/db',
    { PGHOST: 'h1,::1', PGPORT: '5433,5432', PGTARGETSESSIONATTRS: 'primary' },
  ],
  [
    'several hosts and which of them is wanted',
    'postgres://u@/db?host=h1,/run/pg&port=6432&target_session_attrs=prefer-standby',
    { PGHOST: 'h1,/run/pg', PGPORT: '6432,6432', PGTARGETSESSIONATTRS: 'prefer-standby' },
  ],
  ['a socket folder', 'postgres://u@localhost:5432/db?host=/run/postgresql', { PGHOST: '/run/postgresql' }],
  ['an IPv6 address', 'postgres://u@[::1]/db', { PGHOST: '::1' }],
  ['TLS without a look at the certificate', 'postgres://u@h/db?sslmode=no-verify', { PGSSLMODE: 'require' }],
])('understands %s as node-postgres does', (_, url, expected) => {
  expect(of(url)).toMatchObject(expected);
});
