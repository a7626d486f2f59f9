import { expect, test } from 'vitest';
import type { Reason } from '../../src/contract/index.ts';
import { groupReasons, reasonsUnder, saidBeyond } from './reasons.ts';

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

test('a reason that the headline has told keeps its command, and one that has none is not shown', () => {
  const told = { ...reason('block', 'jobs', 'migrate'), message: 'jobs is behind' };
  const idle = { ...reason('warn', 'release', ''), message: 'it is too far' };
  const headline = 'Stopped: jobs is behind, and it is too far.';
  const verdict = { status: 'stopped', headline, reasons: [told, idle] } as const;
  expect(reasonsUnder({ ...verdict, reasons: [...verdict.reasons] }, undefined)).toEqual([told]);
  expect(saidBeyond(headline, told)).toBe('');
});

test('the command that the upgrade names as next is shown there and not among the reasons', () => {
  const upgrade = reason('warn', 'upgrade', 'migrator preflight');
  const other = reason('warn', 'jobs', 'migrator preflight');
  const verdict = { status: 'attention', headline: '', reasons: [upgrade, other] } as const;
  const shown = reasonsUnder({ ...verdict, reasons: [...verdict.reasons] }, 'migrator preflight');
  expect(shown.map(({ part, remedy }) => [part, remedy])).toEqual([
    ['upgrade', ''],
    ['jobs', 'migrator preflight'],
  ]);
});
