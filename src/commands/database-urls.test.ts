import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { databaseNames, type StackFile } from '../contract/index.ts';
import { resolveDatabaseUrls } from './database-urls.ts';

const weak = {
  CONFIG_DATABASE_URL: 'postgres://app@db/config',
  RESULTS_DATABASE_URL: 'postgres://app@db/results',
  JOBS_DATABASE_URL: 'postgres://app@db/jobs',
};

function folderWithStack(pid: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-urls-'));
  const entry = (name: string) =>
    [
      name,
      { owner: `postgres://o@h/${name}`, app: `postgres://a@h/${name}`, readonly: `postgres://r@h/${name}` },
    ] as const;
  const stack: StackFile = {
    url: 'http://127.0.0.1:8080',
    pids: { manager: pid, backup: null, scanner: null, postgres: pid },
    databases: Object.fromEntries(databaseNames.map(entry)) as StackFile['databases'],
    backupServiceUrl: null,
    adminUser: 'admin',
  };
  writeFileSync(join(folder, 'stack.json'), JSON.stringify(stack));
  return folder;
}

test('the settings win, and the owner takes the stronger role where one is set', async () => {
  const environment = { ...weak, MIGRATOR_CONFIG_DATABASE_URL: 'postgres://owner@db/config' };
  const owner = await resolveDatabaseUrls({ environment, cwd: '/' }, 'owner');
  const app = await resolveDatabaseUrls({ environment, cwd: '/' }, 'app');
  expect(owner.config.reveal()).toBe('postgres://owner@db/config');
  expect(owner.jobs.reveal()).toBe('postgres://app@db/jobs');
  expect(app.config.reveal()).toBe('postgres://app@db/config');
});

test('a URL that is missing beside others is named', async () => {
  const environment = { CONFIG_DATABASE_URL: weak.CONFIG_DATABASE_URL };
  await expect(resolveDatabaseUrls({ environment, cwd: '/' }, 'app')).rejects.toMatchObject({
    code: 'database_urls_incomplete',
    message: 'RESULTS_DATABASE_URL and JOBS_DATABASE_URL are not set, while other database URLs are',
  });
});

test('a URL that is missing and one that is malformed do not hide each other', async () => {
  const environment = { CONFIG_DATABASE_URL: weak.CONFIG_DATABASE_URL, RESULTS_DATABASE_URL: 'mysql://app@db/results' };
  await expect(resolveDatabaseUrls({ environment, cwd: '/' }, 'app')).rejects.toMatchObject({
    code: 'settings_invalid',
    details: {
      problems: [
        'RESULTS_DATABASE_URL must start with postgres:// or postgresql://',
        'JOBS_DATABASE_URL is not set, while other database URLs are',
      ],
    },
  });
});

test('a malformed URL of the stronger role is not also called missing for that role', async () => {
  const { JOBS_DATABASE_URL: _, ...others } = weak;
  const environment = { ...others, MIGRATOR_JOBS_DATABASE_URL: 'mysql://app@db/jobs' };
  const problems = ['MIGRATOR_JOBS_DATABASE_URL must start with postgres:// or postgresql://'];
  await expect(resolveDatabaseUrls({ environment, cwd: '/' }, 'owner')).rejects.toMatchObject({
    code: 'settings_invalid',
    details: { problems },
  });
});

test('without any URL those of the running stack are used, by role', async () => {
  const context = { environment: { DATA_DIR: folderWithStack(process.pid) }, cwd: '/' };
  const readonly = await resolveDatabaseUrls(context, 'readonly');
  expect(databaseNames.map((name) => readonly[name].reveal())).toEqual([
    'postgres://r@h/config',
    'postgres://r@h/results',
    'postgres://r@h/jobs',
  ]);
  expect((await resolveDatabaseUrls(context, 'owner')).jobs.reveal()).toBe('postgres://o@h/jobs');
});

test('the file of a stack whose processes are dead is not believed', async () => {
  const beyondAnyPid = 4_194_305;
  const context = { environment: { DATA_DIR: folderWithStack(beyondAnyPid) }, cwd: '/' };
  await expect(resolveDatabaseUrls(context, 'app')).rejects.toMatchObject({ code: 'stack_not_found' });
});

test('a folder without a stack is named, relative to where the command runs', async () => {
  const context = { environment: {}, cwd: '/nowhere' };
  await expect(resolveDatabaseUrls(context, 'app')).rejects.toMatchObject({
    code: 'stack_not_found',
    message: 'no …_DATABASE_URL is set, and no stack is running on /nowhere/data',
  });
});
