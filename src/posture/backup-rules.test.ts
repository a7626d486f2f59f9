import { expect, test } from 'vitest';
import type { BackupFacts, BundleSummary, LastBackup } from '../contract/index.ts';
import { backupFacts, bundle, facts, now } from './fixtures/facts.ts';
import type { PostureFacts } from './facts.ts';
import { judge } from './verdict.ts';

const day = 86_400_000;
const hour = 3_600_000;
const ago = (ms: number): string => new Date(now.getTime() - ms).toISOString();

interface Given {
  readonly newest?: Partial<BundleSummary>;
  readonly service?: Partial<BackupFacts>;
}

function given({ newest = {}, service = {} }: Given): PostureFacts {
  return facts({
    lastBackup: {
      ...facts().parts.lastBackup,
      bundle: { ...bundle, ...newest },
      service: { ...backupFacts, ...service },
    },
  });
}

const codesOf = (posture: PostureFacts): string[] => judge(posture).reasons.map(({ code }) => code);
const messagesOf = (posture: PostureFacts): string[] => judge(posture).reasons.map(({ message }) => message);

test('a backup is too old past the threshold of the backup service, not a second before', () => {
  const service = { maxAgeSeconds: 3 * 3600 };
  expect(codesOf(given({ service, newest: { createdAt: ago(3 * hour) } }))).toEqual([]);
  expect(messagesOf(given({ service, newest: { createdAt: ago(3 * hour + 1) } }))).toEqual([
    'the last backup is older than the 3 hours allowed here; take a fresh one before you migrate',
  ]);
});

test.each([
  ['succeeded', []],
  ['cancelled', []],
  ['failed', ['backup_failed']],
  ['interrupted', ['backup_failed']],
] as const)('a newest attempt that %s gives the reasons %j', (state, codes) => {
  const lastTake = { state, startedAt: ago(hour), finishedAt: null, error: null };
  expect(codesOf(given({ service: { lastTake } }))).toEqual(codes);
});

test('an attempt whose service was ended says so, and needs no error to say it', () => {
  const lastTake = {
    state: 'interrupted',
    startedAt: '2026-11-22T02:10:00.000Z',
    finishedAt: null,
    error: null,
  } as const;
  expect(messagesOf(given({ service: { lastTake } }))).toEqual([
    'the backup begun on 2026-11-22 at 02:10 UTC was interrupted',
  ]);
});

test('bundles that could be proven and were not for a week are a warning, with what stands in the way', () => {
  const proveError = { code: 'database_unreachable', message: 'connect ECONNREFUSED' };
  expect(codesOf(given({ service: { unprovenSince: ago(7 * day) } }))).toEqual([]);
  expect(codesOf(given({ service: { unprovenSince: ago(7 * day + 1) } }))).toEqual(['backup_unproven']);
  expect(messagesOf(given({ service: { unprovenSince: ago(8 * day), proveError } }))).toEqual([
    'no backup was proven by a restore for more than 7 days: connect ECONNREFUSED',
  ]);
});

test('where there is nowhere to prove, that is said once and never asked for', () => {
  const proveError = { code: 'prove_not_configured', message: 'BACKUP_PROVE_DATABASE_URL is not set' };
  expect(codesOf(given({ service: { unprovenSince: ago(80 * day), proveError } }))).toEqual(['backup_unprovable']);
});

test('a damaged backup with no proven one behind it says that too', () => {
  const newest = { state: 'damaged', damage: null } as const;
  expect(messagesOf(given({ newest, service: { lastProven: null } }))).toEqual([
    'the last backup is damaged: its newest verification failed; no other is proven',
  ]);
});

test('a key is asked for after ninety days, each by the beginning of its recipient', () => {
  const recipient = `age1${'q'.repeat(58)}`;
  const keys = (provenAt: string) => ({ keys: [{ recipient, provenAt, provenBy: 'ada' }] });
  expect(codesOf(given({ service: keys(ago(90 * day)) }))).toEqual([]);
  expect(messagesOf(given({ service: keys(ago(90 * day + 1)) }))).toEqual([
    'nobody has shown for more than 90 days to hold the private key of age1qqqqqqqq…; Admin > Backups asks for it',
  ]);
});

test.each([
  ['backup_unreachable', 'docker compose up -d backup'],
  ['backup_timeout', ''],
  ['not_read_yet', ''],
])('a service that cannot be asked because of %s is mended by `%s`', (code, remedy) => {
  const unavailable: LastBackup = {
    ...facts().parts.lastBackup,
    status: 'unavailable',
    bundle: null,
    error: { code, message: 'no answer' },
    service: null,
  };
  const { reasons, status } = judge(facts({ lastBackup: unavailable }));
  expect(reasons.map((reason) => [reason.code, reason.remedy])).toEqual([['backup_unavailable', remedy]]);
  expect(status).toBe('unknown');
});
