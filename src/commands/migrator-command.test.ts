import { expect, test } from 'vitest';
import { migratorCommandOf } from './migrator-command.ts';

const compose = 'docker compose --profile migrate run --rm migrator';

test.each([
  ['databases are named: compose', { JOBS_DATABASE_URL: 'postgres://a@h/jobs' }, compose],
  ['databases are named by a secret file: compose', { CONFIG_DATABASE_URL_FILE: '/run/secrets/url' }, compose],
  ['the setting says how: that', { MIGRATOR_COMMAND: 'just migrate' }, 'just migrate'],
  ['nothing is said: the stack of the checkout', {}, 'npx plimsoll migrator'],
  ['a data folder is named: its stack', { DATA_DIR: 'other' }, 'DATA_DIR=/srv/plimsoll/other npx plimsoll migrator'],
])('%s', (_, environment: Record<string, string>, command) => {
  expect(migratorCommandOf({ environment, cwd: '/srv/plimsoll' })).toBe(command);
});
