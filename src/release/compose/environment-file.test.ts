import { expect, test } from 'vitest';
import { withVariable } from './environment-file.ts';

test.each([
  ['an empty file gets its line', '', 'IMAGE=new\n'],
  ['the last line is ended first', 'A=1', 'A=1\nIMAGE=new\n'],
  ['a line that is there is replaced where it stands', 'A=1\nIMAGE=old\nB=2\n', 'A=1\nIMAGE=new\nB=2\n'],
  ['of two lines, of which the last one counts, one stays', 'IMAGE=a\nB=2\nIMAGE=b\n', 'B=2\nIMAGE=new\n'],
  ['an exported one, with spaces', ' export IMAGE = old\n', 'IMAGE=new\n'],
  ['a comment and a longer name stay as they are', '#IMAGE=old\nMY_IMAGE=x\n', '#IMAGE=old\nMY_IMAGE=x\nIMAGE=new\n'],
])('%s', (_, before, after) => {
  expect(withVariable(before, 'IMAGE', 'new')).toBe(after);
  expect(withVariable(after, 'IMAGE', 'new')).toBe(after);
});
