import { expect, test } from 'vitest';
import { countWithoutScanner } from './queued.ts';

const group = { binaryVersion: '1.0.0', protocolVersion: 2, count: 3, online: 3, inWindow: true };

test.each([
  ['a scanner inside the window is online', [group], 0],
  [
    'one of several groups has one',
    [
      { ...group, online: 0 },
      { ...group, protocolVersion: 1, online: 1 },
    ],
    0,
  ],
  ['those inside are not online', [{ ...group, online: 0 }], 7],
  [
    'only scanners outside are online',
    [
      { ...group, online: 0 },
      { ...group, inWindow: false },
    ],
    7,
  ],
  ['no scanner has enrolled', [], 7],
])('of seven queued jobs, when %s, %#: so many have no eligible scanner', (_when, groups, expected) => {
  expect(countWithoutScanner(7, { groups })).toBe(expected);
});
