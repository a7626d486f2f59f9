import { expect, test } from 'vitest';
import { errorsOf, systemClock, wordForDeployment } from '../base/index.ts';
import { combineDatabases, defineCheck, defineDatabaseCheck } from './check.ts';
import { checks } from './checks/index.ts';
import type { PreflightContext } from './context.ts';

const error = errorsOf({ database_unreachable: { httpStatus: 503, exitCode: 1, about: '' } });
const database = (name: string) => ({ name, label: name });
const context = {
  label: '',
  clock: systemClock,
  databases: { config: database('config'), results: database('results'), jobs: database('jobs') },
  worded: (hint: string) => wordForDeployment(hint, 'npx plimsoll migrator'),
} as unknown as PreflightContext;

const spec = {
  code: 'a_check',
  title: 'A check',
  about: 'For a test.',
  outcomes: [
    {
      status: 'fail',
      when: 'many',
      holds: (count: number) => count > 9,
      message: (count: number) => `${count} is many`,
    },
    {
      status: 'warn',
      when: 'some',
      holds: (count: number) => count > 0,
      message: (count: number) => `${count} is some`,
    },
    { status: 'pass', when: 'none', holds: (count: number) => count === 0, message: () => 'none' },
  ],
} as const;

test.each([
  [10, 'fail', '10 is many'],
  [1, 'warn', '1 is some'],
  [0, 'pass', 'none'],
])('of its outcomes in order, the first that holds counts: %i is a %s', async (count, status, message) => {
  const check = defineCheck({ ...spec, look: async () => count });
  const held = [spec.outcomes.find((outcome) => outcome.status === status)?.when];
  expect(await check.run(context)).toEqual({ status, message, remedy: '', held });
});

test('a check that has a reason for not looking is a skip with that reason and its remedy', async () => {
  const refused = error('database_unreachable', {
    message: 'nobody is there',
    hint: 'Run `plimsoll migrator status`.',
  });
  const check = defineCheck({ ...spec, look: async () => await Promise.reject<number>(refused) });
  expect(await check.run(context)).toEqual({
    status: 'skip',
    message: 'nobody is there',
    remedy: 'Run `npx plimsoll migrator status`.',
    held: [],
  });
});

test('a check that is not done within its deadline is a skip', async () => {
  const check = defineCheck({ ...spec, deadlineMs: 5, look: async () => await new Promise<number>(() => undefined) });
  expect(await check.run(context)).toMatchObject({ status: 'skip', message: expect.stringContaining('within 5 ms') });
});

test.each([
  ['throws something unforeseen', async () => await Promise.reject<number>(new TypeError('x is not a function'))],
  ['finds that none of its outcomes holds', async () => -1],
])('a check that %s has crashed, which is a failure and never a pass', async (_, look) => {
  const check = defineCheck({ ...spec, look });
  expect(await check.run(context)).toMatchObject({
    status: 'fail',
    message: expect.stringMatching(/^the check itself crashed: /),
  });
});

test('of several databases the worst counts, and what is well is not told beside it', async () => {
  const counts: Record<string, number> = { config: 0, results: 1, jobs: 10 };
  const check = defineDatabaseCheck({ ...spec, look: async ({ name }) => counts[name] ?? 0 });
  expect(await check.run(context)).toEqual({
    status: 'fail',
    message: '10 is many; 1 is some',
    remedy: '',
    held: ['none', 'some', 'many'],
  });
});

test('a database that was not looked at is not passed over', async () => {
  const check = defineDatabaseCheck({
    ...spec,
    look: async ({ name }) => {
      if (name === 'jobs') throw error('database_unreachable', { message: 'nobody is there', hint: '' });
      return 0;
    },
  });
  expect(await check.run(context)).toMatchObject({
    status: 'skip',
    message: 'jobs was not looked at: nobody is there',
  });
});

test('what is said of several databases alike is said once, and each remedy stands on a line', () => {
  const finding = { status: 'warn', remedy: 'vacuum', held: [] } as const;
  expect(
    combineDatabases([
      { ...finding, name: 'config', message: 'old: config' },
      { ...finding, name: 'jobs', message: 'old: jobs', remedy: 'wait' },
    ]),
  ).toEqual({ status: 'warn', message: 'old: config and jobs', remedy: 'vacuum\nwait', held: [] });
});

test('every check has a code of its own, a title, and outcomes of which one passes', () => {
  expect(new Set(checks.map(({ code }) => code)).size).toBe(checks.length);
  for (const { code, title, about, outcomes } of checks) {
    expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
    expect(title.length * about.length).toBeGreaterThan(0);
    expect(outcomes.map(({ status }) => status)).toContain('pass');
  }
});
