import { expect, test } from 'vitest';
import { foundText, isKeepable, nameText, sentId } from './text.ts';

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

test.each(['line\nbreak', 'nul\0', 'turned \u202E round', 'hidden\u200B', 'half \uD800 pair', 'x'.repeat(201)])(
  'nothing can be called %j',
  (name) => {
    expect(nameText.safeParse(name).success).toBe(false);
  },
);

test.each(['dock-7', 'Kiel, Außenhafen', '東京', 'quay "4" <b>', 'crane 🏗'])('something can be called %s', (name) => {
  expect(nameText.parse(` ${name} `)).toBe(name);
});
