import { expect, test } from 'vitest';
import { migratorCommandOf } from './migrator-command.ts';

const [checkout, image] = [process.cwd(), '/nowhere/an/image'];
const compose = 'docker compose --profile migrate run --rm migrator';
const urls = { JOBS_DATABASE_URL: 'postgres://a@h/jobs' };

test.each([
  ['an image: compose', image, urls, compose],
  [
    'an image with its databases in secret files: compose',
    image,
    { CONFIG_DATABASE_URL_FILE: '/run/secrets/url' },
    compose,
  ],
  ['an image that is told how: that', image, { ...urls, MIGRATOR_COMMAND: 'just migrate' }, 'just migrate'],
  [
    'a checkout on its own Postgres: its own program, for there is no compose file',
    checkout,
    urls,
    'npx plimsoll migrator',
  ],
  [
    'a checkout on its own Postgres, told how: that',
    checkout,
    { ...urls, MIGRATOR_COMMAND: 'just migrate' },
    'just migrate',
  ],
  [
    'a checkout whose setting is empty: as if it were not there',
    checkout,
    { MIGRATOR_COMMAND: '' },
    'npx plimsoll migrator',
  ],
  [
    'a checkout on its own Postgres with a data folder: the URLs win',
    checkout,
    { ...urls, DATA_DIR: 'other' },
    'npx plimsoll migrator',
  ],
  ['a checkout where nothing is said: the stack of the checkout', checkout, {}, 'npx plimsoll migrator'],
  [
    'a checkout where a data folder is named: its stack',
    checkout,
    { DATA_DIR: 'other' },
    'DATA_DIR=/srv/plimsoll/other npx plimsoll migrator',
  ],
])('%s', (_, root, environment: Record<string, string>, command) => {
  expect(migratorCommandOf({ environment, cwd: '/srv/plimsoll' }, root)).toBe(command);
});
