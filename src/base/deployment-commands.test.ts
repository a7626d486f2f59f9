import { expect, test } from 'vitest';
import { backupServiceRemedy, commandForDeployment, wordForDeployment } from './deployment-commands.ts';

const hint = 'Run `plimsoll token list`, or `plimsoll migrator status`.';

test.each([
  [
    'compose',
    'docker compose --profile migrate run --rm migrator',
    'Run `docker compose run --rm operator token list`, or `docker compose --profile migrate run --rm migrator status`.',
  ],
  [
    'a checkout with a data folder of its own',
    'DATA_DIR=/srv/$1 npx plimsoll migrator',
    'Run `DATA_DIR=/srv/$1 npx plimsoll token list`, or `DATA_DIR=/srv/$1 npx plimsoll migrator status`.',
  ],
  [
    'the Helm chart',
    'kubectl -n scans exec -it deploy/plimsoll-operator -- plimsoll migrator',
    'Run `kubectl -n scans exec -it deploy/plimsoll-operator -- plimsoll token list`, or `kubectl -n scans exec -it deploy/plimsoll-operator -- plimsoll migrator status`.',
  ],
  ['a command of somebody else', 'just migrate', 'Run `plimsoll token list`, or `just migrate status`.'],
])('a hint is worded for %s', (_, migratorCommand, worded) => {
  expect(wordForDeployment(hint, migratorCommand)).toBe(worded);
});

test.each([
  ['docker compose --profile migrate run --rm migrator', 'plimsoll release deploy --resume'],
  ['kubectl -n scans exec -it deploy/x-operator -- plimsoll migrator', 'plimsoll release deploy --resume'],
  ['npx plimsoll migrator', 'npx plimsoll release deploy --resume'],
])('the release tooling of a deployment with `%s` is typed outside of its containers', (migratorCommand, worded) => {
  expect(commandForDeployment('plimsoll release deploy --resume', migratorCommand)).toBe(worded);
});

test('where compose runs the deployment, one command starts the backup service', () => {
  expect(backupServiceRemedy('docker compose --profile migrate run --rm migrator')).toBe('docker compose up -d backup');
});

test('on Kubernetes one command starts it anew', () => {
  expect(backupServiceRemedy('kubectl -n scans exec -it deploy/x-plimsoll-operator -- plimsoll migrator')).toBe(
    'kubectl -n scans rollout restart deploy/x-plimsoll-backup',
  );
});

test('elsewhere the service is a program with settings, or a part of the stack that starts it again', () => {
  expect(backupServiceRemedy('DATA_DIR=/srv/a npx plimsoll migrator')).toBe(
    'Start `DATA_DIR=/srv/a npx plimsoll backup serve` with its settings; under `npm start` it comes again by itself, and backup.log in the data folder says what keeps it.',
  );
});

test('a hint to start the service names what starts it, not a second one beside it', () => {
  const start = 'Start it: `plimsoll backup serve`.';
  expect(wordForDeployment(start, 'docker compose --profile migrate run --rm migrator')).toBe(
    'Start it: `docker compose up -d backup`.',
  );
  expect(wordForDeployment(start, 'npx plimsoll migrator')).toBe('Start it: `npx plimsoll backup serve`.');
});

test('a single command is worded without the backticks of a hint', () => {
  expect(commandForDeployment('plimsoll backup take', 'docker compose run --rm migrator')).toBe(
    'docker compose run --rm operator backup take',
  );
});
