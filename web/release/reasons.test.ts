import { expect, test } from 'vitest';
import type { Reason } from '../../src/contract/index.ts';
import { groupReasons } from './reasons.ts';

function reason(severity: Reason['severity'], part: string, remedy: string): Reason {
  return { code: `${part}_${severity}`, severity, part, message: 'is off', remedy };
}

test('reasons stand worst first, and those that one command mends stand together', () => {
  const groups = groupReasons([
    reason('info', 'app', ''),
    reason('block', 'config', 'migrate'),
    reason('warn', 'backup', 'take'),
    reason('info', 'preflight', ''),
    reason('block', 'jobs', 'migrate'),
  ]);
  expect(groups.map((group) => [group.severity, group.remedy, group.members.map((each) => each.part)])).toEqual([
    ['block', 'migrate', ['config', 'jobs']],
    ['warn', 'take', ['backup']],
    ['info', '', ['app']],
    ['info', '', ['preflight']],
  ]);
});
