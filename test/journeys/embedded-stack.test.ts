import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import type { Manifest } from '../../src/contract/index.ts';
import { scratchFolder, startChild, testUsers, waitFor, type TestChild } from '../testkit/index.ts';
import { allGone, passwordIn, pidsOf, query, ready, signIn, startUp, up } from './stack.ts';

describe.each(testUsers())('plimsoll up as $label', ({ account }) => {
  it('comes up, stops on Ctrl-C leaving nothing behind, and finds everything again', async () => {
    await using scratch = await scratchFolder({ owner: account });
    const dataDir = join(scratch.path, 'data');
    const first = await up({ dataDir, account });
    const password = passwordIn(first.child.stdout()) ?? '';
    expect(statSync(join(dataDir, 'stack.json')).mode & 0o777).toBe(0o600);
    await waitFor(() => first.file().pids.scanner, { what: 'the local scanner' });
    expect(first.file()).toEqual({
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) as string,
      pids: {
        manager: expect.any(Number) as number,
        backup: expect.any(Number) as number,
        scanner: expect.any(Number) as number,
        postgres: expect.any(Number) as number,
      },
      databases: expect.objectContaining({ config: expect.any(Object) as object }) as object,
      proveDatabaseUrl: expect.stringContaining('plimsoll_prove') as string,
      backupServiceUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) as string,
      backupServiceToken: expect.any(String) as string,
      adminUser: 'admin',
    });
    expect((await signIn(first, password)).ok).toBe(true);
    expect(await query(first, { role: 'readonly' }, 'select count(*)::int as n from users')).toEqual([{ n: 1 }]);
    await expect(query(first, { role: 'app' }, 'create table mine (id int)')).rejects.toThrow('permission denied');
    const pids = pidsOf(first.file());
    expect(await first.child.end('SIGINT')).toBe(0);
    await allGone(pids);
    expect(readdirSync(dataDir).filter((name) => ['lock', 'stack.json'].includes(name))).toEqual([]);

    await using second = await up({ dataDir, account });
    expect(passwordIn(second.child.stdout())).toBeUndefined();
    expect(second.child.stderr()).not.toContain('cleanly');
    expect((await signIn(second, password)).ok).toBe(true);
  });

  it('survives the death of any of its processes and of all of them', async () => {
    await using scratch = await scratchFolder({ owner: account });
    const dataDir = join(scratch.path, 'data');
    await using first = await up({ dataDir, account });
    for (const part of ['manager', 'backup', 'postgres'] as const) {
      const before = first.file().pids[part] ?? 0;
      process.kill(before, 'SIGKILL');
      await waitFor(() => first.file().pids[part] !== before, { what: `a new ${part}` });
      await ready(first);
    }
    expect(first.child.stderr()).toMatch(/the manager \(process \d+\) ended unexpectedly; starting it again/);

    const pids = pidsOf(first.file());
    await first.child.end('SIGKILL');
    await allGone(pids);
    await using second = await up({ dataDir, account });
    expect(second.child.stderr()).toContain('the previous stack did not stop cleanly');

    const all = [second.child.pid, ...pidsOf(second.file())];
    for (const pid of all) process.kill(pid, 'SIGKILL');
    await allGone(all);
    await using third = await up({ dataDir, account });
    expect(third.child.stderr()).toContain('the previous stack did not stop cleanly: its databases were killed');
    await ready(third);
  });
});

test('a first start that was killed half-way is finished by the next one, however often', async () => {
  await using scratch = await scratchFolder();
  const dataDir = join(scratch.path, 'data');
  const has = (...names: readonly string[]) => existsSync(join(dataDir, ...names));
  const steps: readonly (readonly [what: string, isReached: () => boolean])[] = [
    ['the passwords to be chosen', () => has('secrets.json')],
    ['initdb to be at work', () => filesOf(join(dataDir, 'postgres')).some((name) => name.includes('unfinished'))],
    ['Postgres to start', () => has('postgres', 'cluster', 'postmaster.pid')],
    ['the manager to start', () => has('manager.log')],
  ];
  let said = '';
  for (const [what, isReached] of steps) {
    const child = startUp({ dataDir });
    await waitFor(isReached, { what, timeoutMs: 30_000 });
    await child.end('SIGKILL');
    said += child.stdout();
  }
  await using stack = await up({ dataDir });
  // On a quick machine the last of the killed ones was ready, and had shown the password already.
  expect((await signIn(stack, passwordIn(said + stack.child.stdout()) ?? '')).ok).toBe(true);
});

function filesOf(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

test('a command in another terminal finds the stack while it runs, and only then', async () => {
  await using scratch = await scratchFolder();
  const dataDir = join(scratch.path, 'data');
  const stack = await up({ dataDir });
  const status = (): TestChild =>
    startChild({ args: ['src/main.ts', 'migrator', 'status'], environment: { DATA_DIR: dataDir } });
  expect(await status().exited).toBe(0);
  await stack.child.end('SIGTERM');
  const late = status();
  expect(await late.exited).toBe(1);
  expect(late.stderr()).toContain('[stack_not_found]');
});

test('a second stack is refused the same folder and the same port, and runs beside the first with its own', async () => {
  await using scratch = await scratchFolder();
  await using stack = await up({ dataDir: join(scratch.path, 'one') });
  const sameFolder = startUp({ dataDir: join(scratch.path, 'one') });
  expect(await sameFolder.exited).toBe(1);
  expect(sameFolder.stderr()).toContain('[data_dir_in_use]');
  expect(sameFolder.stderr()).toContain(`kill ${stack.child.pid}`);

  const { port } = new URL(stack.file().url);
  const samePort = startUp({ dataDir: join(scratch.path, 'two'), environment: { PORT: port } });
  expect(await samePort.exited).toBe(1);
  expect(samePort.stderr()).toContain('[port_in_use]');
  expect(samePort.stderr()).toMatch(/PORT=\d+ npm start/);
  expect(readdirSync(join(scratch.path, 'two'))).toEqual([]);

  await using beside = await up({ dataDir: join(scratch.path, 'two') });
  await ready(beside);
  await ready(stack);
});

test('a stop during the first start undoes it and is no failure', async () => {
  await using scratch = await scratchFolder();
  const dataDir = join(scratch.path, 'data');
  const child = startUp({ dataDir });
  await waitFor(() => existsSync(join(dataDir, 'lock')), { what: 'the start to begin' });
  expect(await child.end('SIGTERM')).toBe(0);
  expect(readdirSync(dataDir)).not.toContain('lock');
});

test('a second signal ends a drain that hangs, and what hung ends by itself', async () => {
  await using scratch = await scratchFolder();
  const stack = await up({ dataDir: join(scratch.path, 'data') });
  const pids = pidsOf(stack.file());
  const manager = stack.file().pids.manager ?? 0;
  process.kill(manager, 'SIGSTOP');
  stack.child.process.kill('SIGINT');
  await waitFor(() => stack.child.stderr().includes('stopping'), { what: 'the drain to begin' });
  expect(await stack.child.end('SIGINT')).toBe(130);
  process.kill(manager, 'SIGCONT');
  await allGone(pids);
});

test('npm start ends the stack on Ctrl-C, and also when npm itself is killed', async () => {
  await using scratch = await scratchFolder();
  const script = `exec_path='${process.execPath}'; : && "$exec_path" '${join(process.cwd(), 'src/main.ts')}' up`;
  await writeFile(join(scratch.path, 'package.json'), JSON.stringify({ scripts: { start: script } }));
  for (const kill of ['the group', 'npm'] as const) {
    const dataDir = join(scratch.path, 'data');
    const npm = startChild({
      args: [npmProgram(), 'start', '--prefix', scratch.path],
      environment: { PORT: '0', DATA_DIR: dataDir },
    });
    await npm.line(/Stop +Ctrl-C/);
    const pids = pidsOf(JSON.parse(readFileSync(join(dataDir, 'stack.json'), 'utf8')) as never);
    process.kill(kill === 'npm' ? npm.pid : -npm.pid, kill === 'npm' ? 'SIGKILL' : 'SIGINT');
    await allGone(pids);
    await waitFor(() => !existsSync(join(dataDir, 'lock')), { what: 'the folder to be released', timeoutMs: 30_000 });
  }
});

function npmProgram(): string {
  return execFileSync('/bin/sh', ['-c', 'readlink -f "$(command -v npm)"'], { encoding: 'utf8' }).trim();
}

test('the password of the operator is used and not printed', async () => {
  await using scratch = await scratchFolder();
  const environment = { ADMIN_PASSWORD: 'a long enough passphrase' };
  await using stack = await up({ dataDir: join(scratch.path, 'data'), environment });
  expect(stack.child.stdout()).not.toContain('Password');
  expect((await signIn(stack, environment.ADMIN_PASSWORD)).ok).toBe(true);
});

test.each([
  ['external databases', { CONFIG_DATABASE_URL: 'postgres://a@b/config' }, 'stack_external_databases'],
  ['a bad setting', { PORT: 'http' }, 'settings_invalid'],
  ['a first password that no user could choose', { ADMIN_PASSWORD: 'short' }, 'settings_invalid'],
] as const)('%s: refused before anything is started', async (_, environment, code) => {
  await using scratch = await scratchFolder();
  const child = startUp({ dataDir: join(scratch.path, 'data'), environment });
  expect(await child.exited).toBe(1);
  expect(child.stderr()).toContain(`[${code}]`);
  expect(existsSync(join(scratch.path, 'data'))).toBe(false);
});

test('a manifest that wants more than the migrations hold is refused before a cluster is laid out', async () => {
  await using scratch = await scratchFolder();
  const manifest = JSON.parse(readFileSync('release.json', 'utf8')) as Manifest;
  const databases = { ...manifest.databases, jobs: { schemaVersion: 999 } };
  const path = join(scratch.path, 'release.json');
  await writeFile(path, JSON.stringify({ ...manifest, databases }));
  const child = startUp({ dataDir: join(scratch.path, 'data'), environment: { RELEASE_MANIFEST: path } });
  expect(await child.exited).toBe(1);
  expect(child.stderr()).toContain('the manifest requires jobs at version 999');
  expect(child.stderr()).toContain('[migrator_definitions_missing]');
  expect(existsSync(join(scratch.path, 'data'))).toBe(false);
});

test('a data folder that is a file is named', async () => {
  await using scratch = await scratchFolder();
  await writeFile(join(scratch.path, 'data'), '');
  const child = startUp({ dataDir: join(scratch.path, 'data') });
  expect(await child.exited).toBe(1);
  expect(child.stderr()).toContain('[data_dir_unusable]');
});

/** Only root runs Postgres as somebody else, who may be locked out of the data folder. */
const ofRoot = process.getuid?.() === 0 ? ['root'] : [];

test.each(ofRoot)(
  '%s may keep the data folder where Postgres cannot enter: the databases live elsewhere, for good',
  async () => {
    await using scratch = await scratchFolder();
    const closed = join(scratch.path, 'closed');
    await mkdir(closed);
    await chmod(closed, 0o700);
    const dataDir = join(closed, 'data');
    const first = await up({ dataDir });
    const place = /Databases +(\S+)/.exec(first.child.stdout())?.[1] ?? '';
    expect(place).toMatch(/^\/var\/lib\/plimsoll\/[0-9a-f]{16}$/);
    try {
      await query(first, { role: 'owner' }, 'create table kept as select 7 as id');
      expect(await first.child.end('SIGINT')).toBe(0);
      const second = await up({ dataDir });
      expect(await query(second, { role: 'owner' }, 'select id from kept')).toEqual([{ id: 7 }]);
      expect(await second.child.end('SIGINT')).toBe(0);
    } finally {
      await rm(place, { recursive: true, force: true });
    }
  },
);
