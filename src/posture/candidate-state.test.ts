import { expect, test } from 'vitest';
import { candidateStates, type CandidateState } from '../contract/index.ts';
import { candidateStateOf, type CandidateFacts } from './candidate-state.ts';

const passed: CandidateFacts = {
  migrating: false,
  unknown: 0,
  blocked: 0,
  migrated: false,
  run: { stale: false, status: 'pass' },
  failed: [],
  acknowledgement: null,
};
const unacknowledged = {
  run: { stale: false, status: 'fail' },
  failed: ['pending_migrations'],
  acknowledgement: { hash: '00ff', given: false },
} as const;

/** Each state by the one fact that makes it, in the order in which they count. */
const alone: Readonly<Record<CandidateState, Partial<CandidateFacts>>> = {
  migrating: { migrating: true },
  unknown: { unknown: 1 },
  blocked: { blocked: 1 },
  migrated: { migrated: true },
  stale: { run: { stale: true, status: 'pass' } },
  acknowledge: unacknowledged,
  failed: { run: { stale: false, status: 'fail' }, failed: ['ledger_clean'] },
  warned: { run: { stale: false, status: 'warn' } },
  ready: {},
};

test.each(candidateStates)('%s follows from its own fact alone', (state) => {
  expect(candidateStateOf({ ...passed, ...alone[state] })).toBe(state);
});

test('when several hold, the first of the contract counts', () => {
  const order = ['migrating', 'unknown', 'blocked', 'migrated'] as const;
  for (const [index, state] of order.entries()) {
    const all = Object.assign({}, passed, unacknowledged, ...order.slice(index).map((each) => alone[each]), {
      run: { stale: true, status: 'fail' },
    });
    expect(candidateStateOf(all)).toBe(state);
  }
  expect(candidateStateOf({ ...passed, ...unacknowledged, run: { stale: true, status: 'fail' } })).toBe('stale');
});

test.each<[string, Partial<CandidateFacts>]>([
  ['another check failed too', { failed: ['pending_migrations', 'ledger_clean'] }],
  ['the hash was given', { acknowledgement: { hash: '00ff', given: true } }],
  ['a warning counted as failure', { failed: [] }],
])('a run that failed is not a matter of acknowledging alone when %s', (_, change) => {
  expect(candidateStateOf({ ...passed, ...unacknowledged, ...change })).toBe('failed');
});
