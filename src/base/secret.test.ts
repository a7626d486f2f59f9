import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { Secret } from './secret.ts';

const secret = new Secret('hunter2-hunter2');

test.each([
  ['String()', () => String(secret)],
  ['JSON', () => JSON.stringify({ secret })],
  ['inspect', () => inspect({ secret }, { depth: 5, showHidden: true })],
  ['Object.entries', () => JSON.stringify(Object.entries(secret))],
])('a secret printed by %s shows nothing of its value', (_way, print) => {
  expect(print()).not.toContain('hunter2');
});

test('a secret gives its value to the one who asks by name', () => {
  expect(secret.reveal()).toBe('hunter2-hunter2');
});
