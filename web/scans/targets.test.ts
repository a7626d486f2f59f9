import { describe, expect, test } from 'vitest';
import { newScanSchema } from '../../src/contract/index.ts';
import { addressOf, readTargets } from './targets.ts';

describe('the targets of a new scan', () => {
  test('are one a line or separated by commas, each counted once', () => {
    const { targets, faults } = readTargets('web.example.org:443\n\n 10.0.0.7:22 ,[2001:db8::1]:8443\n10.0.0.7:22');
    expect(faults).toEqual([]);
    expect(targets).toEqual([
      { host: 'web.example.org', port: 443 },
      { host: '10.0.0.7', port: 22 },
      { host: '2001:db8::1', port: 8443 },
    ]);
    expect(newScanSchema.safeParse({ name: 'x', targets }).success).toBe(true);
    expect(targets.map(addressOf)).toEqual(['web.example.org:443', '10.0.0.7:22', '[2001:db8::1]:8443']);
  });

  test.each([
    ['web.example.org', 'is not host:port'],
    ['https://web.example.org:443', 'is not host:port'],
    ['2001:db8::1:443', 'is not host:port'],
    ['web.example.org:0', 'between 1 and 65535'],
    ['web.example.org:70000', 'between 1 and 65535'],
    [' \n ', 'no target yet'],
    [Array.from({ length: 1001 }, (_, port) => `web:${port + 1}`).join('\n'), 'At most 1000'],
  ])('%j gets an answer that says what is wrong', (text, words) => {
    const { faults } = readTargets(text);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(words);
  });
});
