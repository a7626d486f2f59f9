import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { appendFile, chmod, copyFile, lstat, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, test } from 'vitest';
import {
  scratchFolder,
  startChild,
  testUsers,
  waitFor,
  type TestChild,
  type TestUser,
} from '../../../test/testkit/index.ts';
import { Secret } from '../../base/index.ts';
import { connect } from '../../postgres/index.ts';
import { isRunning, parentOf, signal } from '../processes.ts';
import { chooseAccount } from './account.ts';
import { locatePackage, prepareBinaries } from './binaries.ts';
import { launchPostgres, type RunningPostgres } from './launch.ts';
import { stageBinaries } from './staging.ts';

const superuserPassword = new Secret('sëcret:/@%');

async function launch(home: string): Promise<RunningPostgres> {
  return await launchPostgres({ home, superuserPassword, durable: false });
}

async function query(url: Secret, text: string): Promise<unknown[]> {
  const client = await connect({ name: 'test', url, applicationName: 'test', connectTimeoutMs: 5000 });
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

interface Launched {
  readonly child: TestChild;
  readonly pid: number;
  readonly leftover: string;
  readonly url: Secret;
}

/** Launches from a process of its own, which can then be killed. */
async function launchElsewhere(home: string, account: TestUser['account']): Promise<Launched> {
  const child = startChild({ args: ['test/testkit/programs/launch.ts', home], account });
  const said = JSON.parse(await child.line(/^\{/)) as { pid: number; leftover: string; url: string };
  return { child, pid: said.pid, leftover: said.leftover, url: new Secret(said.url) };
}

async function goneSoon(pid: number): Promise<void> {
  await waitFor(() => !isRunning(pid), { what: `process ${pid} to be gone` });
}

describe.each(testUsers())('run by $label', ({ account }) => {
  it('makes a cluster, stops it cleanly and finds the same data at the next start', async () => {
    await using scratch = await scratchFolder({ owner: account });
    const first = await launchElsewhere(join(scratch.path, 'pg'), account);
    await query(first.url, 'create table kept as select 7 as id');
    await first.child.end('SIGKILL');
    await goneSoon(first.pid);
    expect(readFileSync(join(scratch.path, 'pg/postgres.log'), 'utf8')).toContain('database system is shut down');
    const second = await launchElsewhere(join(scratch.path, 'pg'), account);
    expect(second.leftover).toBe('nothing');
    expect(await query(second.url, 'select id from kept')).toEqual([{ id: 7 }]);
    await second.child.end('SIGKILL');
    await goneSoon(second.pid);
  });

  it('goes on after the server and its whole family were killed at once, with everything that was committed', async () => {
    await using scratch = await scratchFolder({ owner: account });
    const home = join(scratch.path, 'pg');
    const first = await launchElsewhere(home, account);
    await query(first.url, 'create table kept as select 7 as id');
    const shell = parentOf(first.pid) ?? 0;
    // The server first: the shell ends by itself once the others are gone, and stops it in order.
    for (const pid of [first.pid, first.child.pid, shell]) signal(pid, 'SIGKILL');
    await goneSoon(first.pid);
    const second = await launchElsewhere(home, account);
    expect(second.leftover).toBe('crashed');
    expect(await query(second.url, 'select id from kept')).toEqual([{ id: 7 }]);
    await second.child.end('SIGKILL');
    await goneSoon(second.pid);
  });

  it('is never confused by a first start that was killed half-way', async () => {
    await using scratch = await scratchFolder({ owner: account });
    const home = join(scratch.path, 'pg');
    for (const instantMs of [250, 400, 550]) {
      const child = startChild({ args: ['test/testkit/programs/launch.ts', home], account });
      await Promise.race([delay(instantMs), child.line(/^\{/)]);
      await child.end('SIGKILL');
    }
    const last = await launchElsewhere(home, account);
    expect(await query(last.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await last.child.end('SIGKILL');
    await goneSoon(last.pid);
    expect(readdirSync(home).filter((name) => name.includes('unfinished'))).toEqual([]);
  });
});

describe('launchPostgres', () => {
  it('stops a server that was orphaned with its lifeline cut, and starts it under its own', async () => {
    await using scratch = await scratchFolder();
    const home = join(scratch.path, 'pg');
    const first = await launchElsewhere(home, undefined);
    const shell = parentOf(first.pid) ?? 0;
    const watch = childrenOf(shell).filter((pid) => pid !== first.pid);
    // Held still first: whichever is left for a moment would stop the server in order.
    for (const pid of [shell, ...watch]) process.kill(pid, 'SIGSTOP');
    for (const pid of [...watch, shell, first.child.pid]) process.kill(pid, 'SIGKILL');
    await first.child.exited;
    expect(isRunning(first.pid)).toBe(true);
    const second = await launch(home);
    expect(second.leftover).toBe('orphan_stopped');
    expect(isRunning(first.pid)).toBe(false);
    await second.stop();
  });

  it('brings the server down when only the shell that holds its lifeline was killed', async () => {
    await using scratch = await scratchFolder();
    const postgres = await launch(join(scratch.path, 'pg'));
    process.kill(parentOf(postgres.pid) ?? 0, 'SIGKILL');
    await postgres.gone;
    expect(isRunning(postgres.pid)).toBe(false);
  });

  it('starts although the process id of a killed server now belongs to another program', async () => {
    await using scratch = await scratchFolder();
    const home = join(scratch.path, 'pg');
    const first = await launch(home);
    const file = join(home, 'cluster/postmaster.pid');
    const text = await readFile(file, 'utf8');
    await first.stop();
    await writeFile(file, text.replace(/^\d+/, String(process.pid)));
    const second = await launch(home);
    expect(second.leftover).toBe('crashed');
    await second.stop();
  });

  it('listens on no TCP port and asks for a password on its socket', async () => {
    await using scratch = await scratchFolder();
    const postgres = await launch(join(scratch.path, 'pg'));
    const rows = await query(postgres.superuserUrl('postgres'), 'show listen_addresses');
    expect(rows).toEqual([{ listen_addresses: '' }]);
    const wrong = postgres.url('postgres', new Secret('wrong'), 'postgres');
    await expect(query(wrong, 'select 1')).rejects.toMatchObject({ code: 'database_auth_failed' });
    expect((await lstat(postgres.socketDir)).mode & 0o777).toBe(0o700);
    await postgres.stop();
  });

  it('takes folders with spaces, commas, quotes and percent signs in their names', async () => {
    await using scratch = await scratchFolder();
    // The programs find each other through a shell, which takes no quotes in their own path.
    const postgres = await launchPostgres({
      home: join(scratch.path, 'a b,c"d\'e%41f/pg'),
      stagingDir: join(scratch.path, 'native'),
      superuserPassword,
      durable: false,
    });
    expect(await query(postgres.superuserUrl('postgres'), 'select 1 as one')).toEqual([{ one: 1 }]);
    await postgres.stop();
  });

  it('puts the socket of a deep folder in a short one, and removes that when it stops', async () => {
    await using scratch = await scratchFolder();
    const postgres = await launch(join(scratch.path, 'deep'.repeat(30), 'pg'));
    expect(postgres.socketDir).toMatch(/^\/tmp\/plimsoll-[0-9a-f]{16}$/);
    expect(await query(postgres.superuserUrl('postgres'), 'select 1 as one')).toEqual([{ one: 1 }]);
    await postgres.stop();
    expect(existsSync(postgres.socketDir)).toBe(false);
  });

  it('runs side by side with another one', async () => {
    await using scratch = await scratchFolder();
    const both = await Promise.all(['one', 'two'].map(async (name) => await launch(join(scratch.path, name))));
    for (const postgres of both)
      expect(await query(postgres.superuserUrl('postgres'), 'select 1 as one')).toEqual([{ one: 1 }]);
    await Promise.all(both.map(async (postgres) => await postgres.stop()));
  });

  it('names what Postgres itself complains of when it does not start', async () => {
    await using scratch = await scratchFolder();
    const home = join(scratch.path, 'pg');
    await (await launch(home)).stop();
    await appendFile(join(home, 'cluster/postgresql.conf'), "log_destination = 'moon'\n");
    await expect(launch(home)).rejects.toMatchObject({
      code: 'embedded_start_failed',
      message: expect.stringContaining('contains errors') as string,
    });
  });

  it('refuses a cluster of another major version', async () => {
    await using scratch = await scratchFolder();
    const home = join(scratch.path, 'pg');
    await mkdir(join(home, 'cluster'), { recursive: true });
    await writeFile(join(home, 'cluster/PG_VERSION'), '15\n');
    await expect(launch(home)).rejects.toMatchObject({
      code: 'embedded_version_mismatch',
      details: { found: 15, expected: 18 },
    });
  });

  it('refuses a home that is a file', async () => {
    await using scratch = await scratchFolder();
    await writeFile(join(scratch.path, 'pg'), '');
    await expect(launch(join(scratch.path, 'pg'))).rejects.toMatchObject({ code: 'embedded_home_unusable' });
  });
});

describe('prepareBinaries', () => {
  it('makes the links between the libraries when npm did not', async () => {
    await using scratch = await scratchFolder({ executable: true });
    const copy = await packageWithoutLinks(join(scratch.path, 'package'));
    const account = await chooseAccount(scratch.path);
    const binaries = await prepareBinaries(account, join(scratch.path, 'staged'), copy);
    expect(binaries).toMatchObject({ postgres: join(copy, 'native/bin/postgres'), major: 18 });
  });

  it('stages a copy when the package is out of reach or cannot be written, and uses it again', async () => {
    await using scratch = await scratchFolder({ executable: true });
    const closed = join(scratch.path, 'closed');
    const copy = await packageWithoutLinks(join(closed, 'package'));
    // Root writes anywhere but runs Postgres as somebody who cannot enter; an ordinary user cannot write.
    await (process.getuid?.() === 0 ? chmod(closed, 0o700) : chmod(join(copy, 'native/lib'), 0o500));
    const account = await chooseAccount(scratch.path);
    const staging = join(scratch.path, 'staged');
    const binaries = await prepareBinaries(account, staging, copy);
    expect(binaries.postgres.startsWith(staging)).toBe(true);
    expect(await prepareBinaries(account, staging, copy)).toEqual(binaries);
    await chmod(join(copy, 'native/lib'), 0o700);
  });

  it('says what is wrong with programs that do not run', async () => {
    await using scratch = await scratchFolder({ executable: true });
    const copy = await packageWithoutLinks(join(scratch.path, 'package'));
    await rm(join(copy, 'native/lib/libicudata.so.60.2'));
    const account = await chooseAccount(scratch.path);
    await expect(prepareBinaries(account, join(scratch.path, 'staged'), copy)).rejects.toMatchObject({
      code: 'embedded_binaries_broken',
      message: expect.stringContaining('libicudata') as string,
    });
  });
});

test('psql reads the URL like everybody else', async () => {
  await using scratch = await scratchFolder();
  const postgres = await launch(join(scratch.path, 'pg'));
  const words = ['-Atc', 'select current_user', postgres.superuserUrl('postgres').reveal()];
  // A machine without psql has nothing to prove here; the URL's form is held by its unit test.
  const said = hasPsql() ? execFileSync('psql', words, { encoding: 'utf8' }).trim() : 'postgres';
  expect(said).toBe('postgres');
  await postgres.stop();
});

function hasPsql(): boolean {
  try {
    execFileSync('psql', ['--version']);
    return true;
  } catch {
    return false;
  }
}

/** The platform package as `npm ci --ignore-scripts` leaves it, with folders of its own. */
async function packageWithoutLinks(folder: string): Promise<string> {
  const root = locatePackage();
  const copy = await stageBinaries(root, folder);
  await copyFile(join(root, 'package.json'), join(copy, 'package.json'));
  return copy;
}

/** Linux only, like the rest of what these tests do to process families. */
function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
}
