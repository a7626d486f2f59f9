import { expect, test } from 'vitest';
import { foundText, isKeepable, sentId } from './text.ts';

test.each([
  ['plain', 'plain'],
  ['nul\0inside', 'nul\uFFFDinside'],
  ['half \uD800 pair', 'half \uFFFD pair'],
  ['whole 😀 pair', 'whole 😀 pair'],
  ['a backslash, \\u0000, stays', 'a backslash, \\u0000, stays'],
])('of the text of a stranger %j the databases keep %j', (sent, kept) => {
  expect(foundText(100).parse(sent)).toBe(kept);
  expect(isKeepable(sent)).toBe(sent === kept);
});

test('an id in capitals is the same id', () => {
  expect(sentId.parse('0198C0DE-0000-4000-8000-000000000000')).toBe('0198c0de-0000-4000-8000-000000000000');
});
