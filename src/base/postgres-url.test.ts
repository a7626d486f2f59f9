import { expect, test } from 'vitest';
import { parsePostgresUrl, type PostgresAddress } from './postgres-url.ts';

test.each([
  'postgres://u:p@h:5432/config',
  'postgresql://h/config',
  'postgres://u@localhost:5432/config?host=/run/pg',
  'postgres://u:p@/config?host=/run/pg',
  'postgres:///config?host=/run/pg',
  'postgres://u:p%40%2Fw@h/config',
  'postgres://u@[::1]:5432/config?sslmode=disable',
  'postgres://u@%2Frun%2Fpg/config',
])('%s can be used', (text) => {
  expect(parsePostgresUrl(text)).toHaveProperty('url');
});

test.each([
  ['mysql://u@h/d', 'must start with postgres://'],
  ['postgres://u@h', 'must name a database'],
  ['postgres://u@h/', 'must name a database'],
  ['postgres://u:hunter2@Secret99@h/config', 'cannot be read without guessing'],
  ['postgres://u:p/w@h/config', 'cannot be read without guessing'],
  ['postgres://u:se#cret@h/config', 'cannot be read without guessing'],
  ['postgres://u:se?cret@h/config', 'cannot be read without guessing'],
  ['postgres://u:se%zzcret@h/config', 'is not a URL that can be read'],
  ['postgres://u@h:99999/config', 'is not a URL that can be read'],
  ['postgres://u:hunter2@h1,,h2/config', 'has an empty name in its list of hosts'],
  ['postgres://u@h1:1,h2:70000/config', 'is not a URL that can be read'],
  ['postgres://u:hunter2@h1,h2,h3/config?port=1,2', 'names 3 hosts and 2 ports'],
  ['postgres://u:hunter2@h1,h2/config?target_session_attrs=master', 'is none of any, read-write, read-only, primary'],
  ['postgres://u:hunter2@h1,h2/config?load_balance_hosts=random', 'load_balance_hosts, which is not supported'],
  ['postgres://u:hunter2@h1,h2/config?connect_timeout=2s', 'no whole number of seconds'],
  ['postgres://u:pw@/x y', 'must not contain blanks'],
])('%s is refused with its reason, and nothing of a password', (text, reason) => {
  const outcome = parsePostgresUrl(text);
  expect(outcome).toEqual({ problem: expect.stringContaining(reason) });
  expect(JSON.stringify(outcome)).not.toMatch(/hunter2|Secret99|cret/);
});

function read(text: string): PostgresAddress {
  const outcome = parsePostgresUrl(text);
  if ('problem' in outcome) throw new Error(outcome.problem);
  return outcome;
}

/** As libpq reads them. Source: PostgreSQL manual, libpq, "Specifying Multiple Hosts". */
test.each([
  [
    'a port for each',
    'postgres://u:p%40w@h1:1,h2:2/config',
    ['h1:1', 'h2:2'],
    ['postgres://u:p%40w@h1:1/config', 'postgres://u:p%40w@h2:2/config'],
  ],
  [
    'ports left out',
    'postgresql://h1,h2:2,h3/config',
    ['h1:5432', 'h2:2', 'h3:5432'],
    ['postgresql://h1:5432/config', 'postgresql://h2:2/config', 'postgresql://h3:5432/config'],
  ],
  [
    'addresses of IPv6',
    'postgres://u@[::1]:1,[fe80::2]/config',
    ['[::1]:1', '[fe80::2]:5432'],
    ['postgres://u@[::1]:1/config', 'postgres://u@[fe80::2]:5432/config'],
  ],
  [
    'lists in the parameters, one port for all',
    'postgres://u@/config?host=h1,h2&port=6432&sslmode=require',
    ['h1:6432', 'h2:6432'],
    ['postgres://u@h1:6432/config?sslmode=require', 'postgres://u@h2:6432/config?sslmode=require'],
  ],
  [
    'folders of sockets',
    'postgres://u@/config?host=/run/a,/run/b&port=1,2',
    ['/run/a:1', '/run/b:2'],
    ['postgres://u@localhost:1/config?host=%2Frun%2Fa', 'postgres://u@localhost:2/config?host=%2Frun%2Fb'],
  ],
  [
    'lists that a builder of URLs has encoded',
    'postgres://u@/config?host=h1%2Ch2',
    ['h1:5432', 'h2:5432'],
    ['postgres://u@h1:5432/config', 'postgres://u@h2:5432/config'],
  ],
  [
    'the folder of one socket that has a comma in its name',
    'postgres://u@localhost/config?host=/run/a%2Cb',
    ['/run/a,b'],
    ['postgres://u@localhost/config?host=/run/a%2Cb'],
  ],
  [
    'what chooses among them',
    'postgres://u@h1,h2/config?application_name=x&target_session_attrs=any&connect_timeout=3',
    ['h1:5432', 'h2:5432'],
    ['postgres://u@h1:5432/config?application_name=x', 'postgres://u@h2:5432/config?application_name=x'],
  ],
])('of several hosts with %s each has its own label and URL', (_, text, labels, urls) => {
  const { hosts } = read(text);
  expect(hosts.map(({ label }) => label)).toEqual(labels);
  expect(hosts.map(({ url }) => url.reveal())).toEqual(urls);
});

test.each([
  ['postgres://u@h1,h2/config', 'primary', undefined],
  ['postgres://u@h1/config', 'any', undefined],
  ['postgres://u@h1/config?target_session_attrs=read-write', 'read-write', undefined],
  ['postgres://u@h1,h2/config?target_session_attrs=prefer-standby&connect_timeout=4', 'prefer-standby', 4000],
])('%s wants a server that is %s', (text, wanted, perHostMs) => {
  expect(read(text)).toMatchObject({ wanted, perHostMs });
});

test.each([
  ['postgres://u:p@h:6543/config', 'h:6543'],
  ['postgres://u:p@h/config', 'h'],
  ['postgres://u@[::1]:5432/config', '[::1]:5432'],
  ['postgres:///config?host=/run/pg', '/run/pg'],
  ['postgres://u@%2Frun%2Fpg/config', '/run/pg'],
])('%s, which names one host, is left as it is', (text, label) => {
  const { hosts } = read(text);
  expect(hosts.map((host) => host.label)).toEqual([label]);
  expect(hosts[0]?.url.reveal()).toBe(text.replace('///', '//localhost/'));
});
