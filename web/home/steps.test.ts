import { describe, expect, test } from 'vitest';
import { postures } from '../fixtures/postures.ts';
import { scan, scanStates } from '../fixtures/scans.ts';
import { firstSteps, firstTarget, nextStep, type Evidence, type StepState } from './steps.ts';

const { empty, allOk, allDown } = postures;
const nothing = { ...empty, scanners: { ...empty.scanners, status: 'ok' as const, total: 0, lastKnown: null } };
const fresh: Evidence = {
  posture: { ...nothing, lastBackup: { ...empty.lastBackup, status: 'none', bundle: null, lastKnown: null } },
  scans: [],
  findings: [],
};
const { findings } = scanStates.underWay;
const states = (evidence: Partial<Evidence>): StepState[] =>
  firstSteps({ ...fresh, ...evidence }).map(({ state }) => state);

describe('the first steps', () => {
  test.each<[string, Partial<Evidence>, StepState[]]>([
    ['nothing is there yet', {}, ['open', 'open', 'open', 'open', 'open']],
    ['a scan waits', { scans: [scan(1, { queued: 2 })] }, ['open', 'done', 'open', 'open', 'open']],
    ['a job is done', { scans: [scan(1, { done: 1 })] }, ['open', 'done', 'done', 'open', 'open']],
    ['a scan failed', { scans: [scan(1, { failed: 1 })] }, ['open', 'done', 'open', 'open', 'open']],
    ['all is well', { posture: allOk, scans: [scan(1)], findings }, ['done', 'done', 'done', 'done', 'done']],
    ['nothing has been read', { posture: undefined, scans: undefined, findings: undefined }, Array(5).fill('unknown')],
    [
      'scans are switched off',
      { scans: undefined, findings: undefined },
      ['open', 'unknown', 'unknown', 'open', 'open'],
    ],
    ['a user looks', { posture: null, scans: [scan(1)] }, ['done', 'open']],
  ])('are true when %s', (_, evidence, expected) => {
    expect(states(evidence)).toEqual(expected);
  });

  test('that were done stay done while their part cannot be read, if it was ever', () => {
    expect(states({ posture: allDown, scans: [scan(1)], findings })).toEqual([
      'done',
      'done',
      'done',
      'done',
      'unknown',
    ]);
  });

  test('lead to the first that is open, over those that nobody knows', () => {
    const step = (state: StepState) => ({ name: 'scan', state }) as const;
    expect(nextStep([step('done'), step('unknown'), { name: 'bundle', state: 'open' }])).toBe('bundle');
    expect(nextStep([step('done'), step('unknown')])).toBeUndefined();
  });
});

test.each([
  ['http://localhost:8080', '127.0.0.1:8080'],
  ['http://127.0.0.1:8300', '127.0.0.1:8300'],
  ['http://10.1.2.3', '10.1.2.3:80'],
  ['https://192.168.0.7', '192.168.0.7:443'],
  ['https://172.20.0.1:8443', '172.20.0.1:8443'],
  ['http://[::1]:8080', '[::1]:8080'],
  ['https://172.40.0.1', null],
  ['https://plimsoll.example.org', null],
])('a browser at %s is offered %s as its first target', (address, target) => {
  expect(firstTarget(new URL(address))).toBe(target);
});
