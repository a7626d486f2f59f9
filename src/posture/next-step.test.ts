import { expect, test } from 'vitest';
import { candidateStates, type CandidateState, type LastBackup } from '../contract/index.ts';
import { bundle, candidate, facts } from './fixtures/facts.ts';
import { nextStepOf, type StepFacts } from './next-step.ts';

const migrator = 'docker compose --profile migrate run --rm migrator';
const fine = facts().parts.lastBackup;
const pending = candidate().migrations;
const [migration] = [
  {
    database: 'jobs',
    version: 6,
    name: 'split_leases',
    oldestCompatible: 5,
    effects: [],
    seconds: 1,
    secondsFrom: 'past',
    roomBytes: 0,
    dangers: [],
    unforeseen: [],
    findings: null,
    movesHorizon: false,
    summary: '',
    rehearsed: null,
  },
] as const;

function step(state: CandidateState, change: Partial<StepFacts> = {}) {
  const { version, obstacles, run, acknowledgement } = candidate();
  return nextStepOf({
    version,
    state,
    obstacles,
    run,
    acknowledgement,
    migrations: [{ ...migration, effects: [], dangers: [], unforeseen: [] }],
    lastBackup: fine,
    migratorCommand: migrator,
    ...change,
  });
}

const obstacles = [
  { part: 'jobs', message: 'migration 3 is dirty', remedy: `${migrator} repair` },
  { part: 'config', message: 'config is at 9', remedy: '' },
];
const stale: LastBackup = { ...fine, ageSeconds: 27 * 3600 };

interface Row {
  readonly change: Partial<StepFacts>;
  readonly command: string;
  readonly why: string;
}

test.each<[CandidateState, string, Row]>([
  ['migrating', 'whatever else', { change: {}, command: '', why: 'Wait: a migrator is at work.' }],
  [
    'unknown',
    'with a reason',
    {
      change: { obstacles },
      command: `${migrator} repair`,
      why: 'Find out first: migration 3 is dirty. 1 more below.',
    },
  ],
  [
    'blocked',
    'with a command',
    { change: { obstacles }, command: `${migrator} repair`, why: 'Mend first: migration 3 is dirty. 1 more below.' },
  ],
  [
    'blocked',
    'with nothing to type',
    { change: { obstacles: obstacles.slice(1) }, command: '', why: 'Mend first: config is at 9.' },
  ],
  [
    'migrated',
    'under compose',
    { change: {}, command: 'docker compose up -d', why: 'The databases are where 1.5.0 needs them' },
  ],
  [
    'migrated',
    'elsewhere',
    { change: { migratorCommand: 'just migrate' }, command: '', why: 'The databases are where 1.5.0 needs them' },
  ],
  [
    'stale',
    'whatever else',
    { change: {}, command: `${migrator} preflight`, why: 'Look again, from the image of 1.5.0' },
  ],
  [
    'acknowledge',
    'with its hash',
    {
      change: { acknowledgement: { hash: '00ff', given: false } },
      command: `${migrator} preflight --acknowledge 00ff`,
      why: 'Read the dangerous migrations',
    },
  ],
  [
    'failed',
    'with a backup',
    { change: {}, command: `${migrator} preflight`, why: 'Mend what failed, then look again' },
  ],
  [
    'failed',
    'without any backup',
    {
      change: { lastBackup: { ...fine, status: 'none', bundle: null } },
      command: 'docker compose run --rm operator backup take',
      why: 'Take a backup first: there is none.',
    },
  ],
  [
    'warned',
    'with a backup',
    { change: {}, command: migrator, why: 'Read the warnings, then migrate, from the image of 1.5.0.' },
  ],
  ['ready', 'with a backup', { change: {}, command: migrator, why: 'Migrate, from the image of 1.5.0.' }],
  [
    'ready',
    'with a backup that is too old',
    {
      change: { lastBackup: stale },
      command: 'docker compose run --rm operator backup take',
      why: 'Take a backup first: the last one is older than is allowed here.',
    },
  ],
  [
    'ready',
    'with a damaged backup',
    {
      change: { lastBackup: { ...fine, bundle: { ...bundle, state: 'damaged' } } },
      command: 'docker compose run --rm operator backup take',
      why: 'Take a backup first: the last one is damaged.',
    },
  ],
  [
    'ready',
    'with a backup from before a migration',
    {
      change: { lastBackup: { ...fine, migratedSince: [{ database: 'jobs', bundleVersion: 4, current: 5 }] } },
      command: 'docker compose run --rm operator backup take',
      why: 'Take a backup first: the last one is from before the last migration.',
    },
  ],
  [
    'ready',
    'where there is no backup service',
    {
      change: { lastBackup: { ...fine, status: 'unavailable', bundle: null, service: null } },
      command: migrator,
      why: 'Migrate',
    },
  ],
  [
    'ready',
    'with nothing to migrate',
    { change: { migrations: pending }, command: 'docker compose up -d', why: 'The databases are where' },
  ],
])('%s %s: the next command is exact', (state, _, { change, command, why }) => {
  expect(step(state, change)).toEqual({ command, why: expect.stringContaining(why) });
  covered.add(state);
});

const covered = new Set<CandidateState>();

test('every state has a row above', () => {
  expect([...covered].sort()).toEqual([...candidateStates].sort());
});
