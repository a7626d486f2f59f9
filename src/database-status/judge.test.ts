import { describe, expect, test } from 'vitest';
import { report, type Values } from '../../web/fixtures/database-parts.ts';
import { troubled } from '../../web/fixtures/database-trouble.ts';
import { databaseStates } from '../../web/fixtures/databases.ts';
import { Secret } from '../base/index.ts';
import type { DatabaseHealthReport, DatabaseSections } from '../contract/index.ts';
import { commandsFor } from './commands.ts';
import { findBreaches, judge } from './judge.ts';
import { thresholds } from './thresholds.ts';

function judged({ name, sections, target, error }: DatabaseHealthReport) {
  const subject = { name, sections, commands: commandsFor(name, new Secret(`postgres://${target}`)) };
  const breaches = findBreaches(subject);
  return { ...judge(subject, breaches, error), breaches };
}

function breachesOf(values: Values): string[] {
  return judged(report('jobs', { values })).breaches.map(({ code, severity }) => `${code} ${severity}`);
}

const well = report('jobs').sections;
function value<K extends keyof DatabaseSections>(section: K): NonNullable<DatabaseSections[K]['value']> {
  return well[section].value as NonNullable<DatabaseSections[K]['value']>;
}

describe('the states that the page is tested with', () => {
  test.each(Object.entries(databaseStates))('%s is what the rules make of its readings', (_name, { databases }) => {
    for (const { status, headline, breaches, ...rest } of databases)
      expect(judged({ status, headline, breaches, ...rest })).toEqual({ status, headline, breaches });
  });

  test('among them every threshold is broken but those of servers set up wrongly', () => {
    const broken = new Set(
      Object.values(databaseStates).flatMap(({ databases }) =>
        databases.flatMap((each) => each.breaches.map(({ code }) => code)),
      ),
    );
    expect(Object.keys(thresholds).filter((code) => !broken.has(code))).toEqual(['autovacuum_off', 'slot_lost']);
  });
});

describe('a threshold', () => {
  const session = troubled.sections.sessions.value?.open[0];
  if (session === undefined) throw new Error('the fixture has no session');
  const sessions = (changes: Partial<typeof session>): Values => ({
    sessions: { total: 1, prepared: [], open: [{ ...session, transactionSeconds: 100, ...changes }] },
  });
  const slot = {
    name: 's',
    type: 'physical',
    active: false,
    walStatus: 'reserved',
    safeBytes: null,
    inactiveSince: null,
  };
  const slots = (changes: object): Values => ({
    replication: { standbys: [], following: null, slots: [{ ...slot, keptBytes: 0, ...changes }] },
  });
  const rows = value('vacuum').tables[0];
  if (rows === undefined) throw new Error('the fixture has no table');
  const dead = (deadRows: number, comesAt: number): Values => ({
    vacuum: { autovacuum: true, workers: [], tables: [{ ...rows, deadRows, comesAt }] },
  });
  const cache = (hitRatio: number | null, blocks: number): Values => ({
    cache: { ...value('cache'), hitRatio, blocks },
  });
  const used = (share: number): Values => ({ wraparound: { ...value('wraparound'), used: share } });
  const connections = (count: number): Values => ({ connections: { ...value('connections'), used: count } });

  test.each<[string, Values, string[]]>([
    [
      'a session that has just fallen idle in an old transaction is no forgotten one',
      sessions({ stateSeconds: 2 }),
      [],
    ],
    ['a minute idle', sessions({ stateSeconds: 60 }), ['idle_in_transaction warn']],
    ['a quarter of an hour idle', sessions({ stateSeconds: 900 }), ['idle_in_transaction critical']],
    [
      'a dump is idle in its transaction by design',
      sessions({ stateSeconds: 9000, transactionSeconds: 9000, kind: 'dump' }),
      [],
    ],
    [
      'one that works is long after five minutes',
      sessions({ state: 'active', transactionSeconds: 300 }),
      ['long_transaction warn'],
    ],
    ['what is hidden is judged by nobody', sessions({ state: null, stateSeconds: null, transactionSeconds: null }), []],
    ['a slot that keeps nothing yet', slots({ keptBytes: null }), []],
    ['a slot whose reader restarts', slots({ keptBytes: 1000 }), ['slot_inactive info']],
    ['a slot that nobody has read for a while', slots({ keptBytes: 16e6 }), ['slot_inactive warn']],
    ['a slot that is read and keeps up', slots({ keptBytes: 200e6, active: true }), []],
    ['a slot that is lost', slots({ keptBytes: null, walStatus: 'lost' }), ['slot_lost critical']],
    ['few dead rows, however many there should be', dead(9999, 50), []],
    ['autovacuum is due', dead(20_000, 20_000), []],
    ['autovacuum is late', dead(20_000, 10_000), ['dead_rows warn']],
    ['a poor ratio of few blocks', cache(0.2, 99_999), []],
    ['a poor ratio of many blocks is told and no more', cache(0.8, 1e6), ['cache_hit info']],
    ['half of the transaction ids', used(0.5), ['wraparound warn']],
    ['four fifths of them', used(0.8), ['wraparound critical']],
    ['reserved connections are not counted as free', connections(78), ['connections_used warn']],
    ['autovacuum switched off', { vacuum: { autovacuum: false, workers: [], tables: [] } }, ['autovacuum_off warn']],
  ])('%s', (_name, values, expected) => {
    expect(breachesOf(values)).toEqual(expected);
  });

  test('a prepared transaction at the head of a queue is told as one, as it has no session to end', () => {
    const waiting = { ...(troubled.sections.locks.value?.waiting[0] ?? session), blockedBy: [0], seconds: 9 };
    const locks = { heads: [], waiting: [waiting] } as unknown as NonNullable<DatabaseSections['locks']['value']>;
    const [breach] = judged(report('jobs', { values: { locks } })).breaches;
    expect(breach?.message).toMatch(/^a prepared transaction blocks pid 48300/);
    expect(breach?.remedy).toContain('pg_prepared_xacts');
  });
});

describe('what cannot be read', () => {
  const error = { code: 'database_timeout', message: 'no answer within 4000 ms' };

  test('is never well: a part that failed leaves the database unknown, and is named', () => {
    const sections = { locks: { ...well.locks, error } };
    expect(judged(report('jobs', { sections }))).toMatchObject({
      status: 'unknown',
      headline: 'nothing is out of order that could be read; not read: locks',
    });
  });

  test('hides nothing that was found elsewhere', () => {
    const sections = { locks: { ...well.locks, error } };
    const values = { wraparound: { ...value('wraparound'), used: 0.9 } };
    expect(judged(report('jobs', { sections, values })).status).toBe('critical');
  });

  test('is unknown as a whole when the database did not answer, whatever was known before', () => {
    expect(judged({ ...troubled, error })).toMatchObject({ status: 'unknown', headline: error.message });
  });
});
