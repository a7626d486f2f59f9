import { expect, test } from 'vitest';
import type { BlockingSession, WaitingSession } from '../../src/contract/index.ts';
import { queuesOf, type QueuePlace } from './queues.ts';

const about = { application: 'a', role: 'r', statement: null };
const head = (pid: number): BlockingSession => ({ pid, ...about, state: null, transactionSeconds: null });
const waiter = (pid: number, ...blockedBy: number[]): WaitingSession => {
  const lock = { seconds: 1, lockType: 'relation', mode: 'ShareLock', table: null };
  return { pid, ...about, ...lock, blockedBy };
};

/** `1 > (2 > 3, 4)` */
const told = (places: readonly QueuePlace[]): string =>
  places.map(({ pid, behind }) => (behind.length === 0 ? String(pid) : `${pid} > (${told(behind)})`)).join(', ');

test.each([
  ['nobody waits', [], [], ''],
  ['a chain of three', [head(1)], [waiter(3, 2), waiter(2, 1)], '1 > (2 > (3))'],
  ['two behind one', [head(1)], [waiter(2, 1), waiter(3, 1)], '1 > (2, 3)'],
  [
    'one that is blocked by the head and by who waits before it',
    [head(1)],
    [waiter(2, 1), waiter(3, 1, 2)],
    '1 > (2 > (3))',
  ],
  ['a prepared transaction', [], [waiter(2, 0)], '0 > (2)'],
  ['two that wait for each other', [], [waiter(2, 3), waiter(3, 2)], '2 > (3)'],
  ['a blocker that is gone by now', [], [waiter(2, 9)], '2'],
])('%s', (_name, heads, waiting, expected) => {
  expect(told(queuesOf({ heads, waiting }))).toBe(expected);
});
