import { expect, test } from 'vitest';
import { backupServiceCommand, commandForDeployment, wordForDeployment } from './deployment-commands.ts';

const hint = 'Run `plimsoll token list`, or `plimsoll migrator status`.';

test.each([
  [
    'compose',
    'docker compose --profile migrate run --rm migrator',
    'Run `docker compose run --rm manager token list`, or `docker compose --profile migrate run --rm migrator status`.',
  ],
  [
    'a checkout with a data folder of its own',
    'DATA_DIR=/srv/$1 npx plimsoll migrator',
    'Run `DATA_DIR=/srv/$1 npx plimsoll token list`, or `DATA_DIR=/srv/$1 npx plimsoll migrator status`.',
  ],
  ['a command of somebody else', 'just migrate', 'Run `plimsoll token list`, or `just migrate status`.'],
])('a hint is worded for %s', (_, migratorCommand, worded) => {
  expect(wordForDeployment(hint, migratorCommand)).toBe(worded);
});

test.each([
  ['docker compose --profile migrate run --rm migrator', 'docker compose up -d backup'],
  ['DATA_DIR=/srv/a npx plimsoll migrator', 'DATA_DIR=/srv/a npx plimsoll backup serve'],
  ['just migrate', 'plimsoll backup serve'],
])('where the migrator is `%s`, the backup service is started with `%s`', (migratorCommand, command) => {
  expect(backupServiceCommand(migratorCommand)).toBe(command);
});

test('a single command is worded without the backticks of a hint', () => {
  expect(commandForDeployment('plimsoll backup take', 'docker compose run --rm migrator')).toBe(
    'docker compose run --rm manager backup take',
  );
});
