import { expect, test } from 'vitest';
import { psqlCommand } from './psql-command.ts';

test.each([
  ['one host', 'owner@pg1:5433/config', "psql -h pg1 -p 5433 -U owner -d config -c 'select 1'"],
  [
    'several hosts, of which psql finds the primary itself',
    'owner@pg1:5433,[::1]:5432/config',
    "psql 'host=pg1,::1 port=5433,5432 user=owner dbname=config target_session_attrs=primary' -c 'select 1'",
  ],
])('a command for psql names %s', (_, label, command) => {
  expect(psqlCommand({ name: 'config', label }, 'select 1')).toBe(command);
});
