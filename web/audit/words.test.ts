import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { visible } from '../parts/visible.ts';
import { actionGroups, actionWords } from './words.ts';

const sources = globSync('src/**/*.ts').filter((path) => !path.includes('.test.'));

/** Every action that is written anywhere into the audit log. */
function recordedActions(): Set<string> {
  const text = sources.map((path) => readFileSync(path, 'utf8')).join('\n');
  const named = [...text.matchAll(/'((?:[a-z_]+)\.[a-z_]+)'/g)].map((match) => match[1] ?? '');
  const groups = new Set(actionGroups.map(([begins]) => begins));
  // Names of files look like actions.
  return new Set(named.filter((name) => groups.has(`${name.split('.')[0]}.`) && !/\.(log|html)$/.test(name)));
}

test('each action that the product records has words, and none has words that is not recorded', () => {
  const recorded = recordedActions();
  expect(recorded.size).toBeGreaterThan(20);
  expect(new Set(Object.keys(actionWords))).toEqual(recorded);
});

test('each action is offered by the filter', () => {
  const begins = actionGroups.map(([group]) => group);
  expect(Object.keys(actionWords).filter((action) => !begins.some((group) => action.startsWith(group)))).toEqual([]);
});

test.each([
  ['plain text, é and 漢', 'plain text, é and 漢'],
  ['abc\u202Ecba', String.raw`abc\u{202e}cba`],
  ['two\nlines\u0000', String.raw`two\u{a}lines\u{0}`],
  ['zero\u200Bwidth', String.raw`zero\u{200b}width`],
])('%j is shown as %s', (text, shown) => {
  expect(visible(text)).toBe(shown);
});
