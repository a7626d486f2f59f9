import { expect, test } from 'vitest';
import { parseTraceparent, traceparentOf } from './traceparent.ts';

test('what was written is read', () => {
  const header = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  const context = parseTraceparent(header);
  expect(context).toMatchObject({ traceFlags: 1, isRemote: true });
  expect(context && traceparentOf(context)).toBe(header);
});

test.each([
  '',
  '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7',
  '00-00000000000000000000000000000000-00f067aa0ba902b7-01',
  '00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01',
  '00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01',
  'ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'; drop",
])('%j is nobody’s trace', (header) => {
  expect(parseTraceparent(header)).toBeUndefined();
});
