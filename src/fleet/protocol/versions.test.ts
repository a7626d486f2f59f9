import { expect, test } from 'vitest';
import { spokenProtocols } from '../../contract/index.ts';
import { isInWindow, protocolFor, protocolVersions } from './versions.ts';

test('the program speaks exactly the versions the contract promises', () => {
  expect(protocolVersions.map(({ version }) => version)).toEqual([...spokenProtocols]);
});

test.each([
  [1, true],
  [2, true],
  [3, false],
  [9, false],
])('with a window of 1 to 2, protocol %i in the window: %s', (version, expected) => {
  expect(isInWindow({ min: 1, max: 2 }, version)).toBe(expected);
});

test('version 1 is given one job whatever it asks; version 2 up to the limit of a call', () => {
  expect(protocolFor(1).jobsFor(20)).toBe(1);
  expect(protocolFor(2).jobsFor(20)).toBe(20);
  expect(protocolFor(2).jobsFor(1000)).toBe(50);
});

test('only version 2 has partial results and cancel', () => {
  expect([...protocolFor(1).outcomes]).toEqual(['done', 'failed', 'refused']);
  expect(protocolFor(2).outcomes.has('partial')).toBe(true);
  expect(protocolFor(1).tellsCancel).toBe(false);
  expect(protocolFor(2).tellsCancel).toBe(true);
});
