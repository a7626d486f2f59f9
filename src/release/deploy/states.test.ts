import { expect, test } from 'vitest';
import { deployStates, firstState, isUnfinished, isUntouched, nextState, type DeployState } from './states.ts';

test.each<[state: DeployState, worked: DeployState | null, failed: DeployState | null, givenUp: DeployState | null]>([
  ['judging', 'saving', 'judging', 'abandoned'],
  ['saving', 'migrating', 'saving', 'abandoned'],
  ['migrating', 'replacing', 'migrating', null],
  ['replacing', 'settling', 'replacing', null],
  ['settling', 'verifying', 'settling', null],
  ['verifying', 'done', 'verifying', null],
  ['done', null, null, null],
  ['abandoned', null, null, null],
])('%s leads to %s when its work is done, stays %s when it fails, and may be given up for %s', (state, ...row) => {
  expect([nextState(state, 'worked'), nextState(state, 'failed'), nextState(state, 'given_up')]).toEqual(row);
});

test('what is begun comes to its end, and what has changed something is never given up', () => {
  for (const kind of ['deploy', 'rollback'] as const) {
    const path: DeployState[] = [];
    for (let state: DeployState | null = firstState(kind); state !== null; state = nextState(state, 'worked'))
      path.push(state);
    expect(path.at(-1)).toBe('done');
    expect(path.slice(path.findIndex((state) => !isUntouched(state))).some(isUntouched)).toBe(false);
  }
  expect(deployStates.filter((state) => !isUnfinished(state))).toEqual(['done', 'abandoned']);
});
