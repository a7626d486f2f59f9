import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchFolder, startChild, waitFor } from '../testkit/index.ts';
import { passwordIn, query, ready, signIn, up, type UpStack } from './stack.ts';

const index = '-- plimsoll: transaction=none\ncreate unique index concurrently doubled_once on doubled (id);\n';

/** This release with one more migration of jobs, as settings. */
async function nextRelease(folder: string): Promise<{ MIGRATIONS_DIR: string; RELEASE_MANIFEST: string }> {
  const settings = { MIGRATIONS_DIR: join(folder, 'migrations'), RELEASE_MANIFEST: join(folder, 'release.json') };
  const manifest = JSON.parse(await readFile('release.json', 'utf8')) as {
    databases: { jobs: { schemaVersion: number } };
  };
  manifest.databases.jobs.schemaVersion += 1;
  const version = String(manifest.databases.jobs.schemaVersion).padStart(4, '0');
  await cp('migrations', settings.MIGRATIONS_DIR, { recursive: true });
  await writeFile(join(settings.MIGRATIONS_DIR, 'jobs', `${version}_index_doubled.sql`), index);
  await writeFile(settings.RELEASE_MANIFEST, JSON.stringify(manifest));
  return settings;
}

async function statusOf(stack: UpStack, path: string): Promise<number> {
  return (await fetch(stack.file().url + path)).status;
}

test('a stack with an interrupted migration starts, says what mends it, can be repaired and then opens by itself', async () => {
  await using scratch = await scratchFolder();
  const dataDir = join(scratch.path, 'data');
  const before = await up({ dataDir });
  const jobs = { role: 'owner', database: 'jobs' } as const;
  await query(before, jobs, 'create table doubled as select 1 as id from generate_series(1, 2)');
  expect(await before.child.end('SIGINT')).toBe(0);

  const environment = await nextRelease(scratch.path);
  const repair = `DATA_DIR=${dataDir} npx plimsoll migrator repair --database jobs`;
  // The first of the two interrupts its own migration, the second finds it interrupted.
  for (const why of ['could not create unique index', 'dirty: ']) {
    const stack = await up({ dataDir, environment });
    expect(stack.child.stdout()).toContain('Plimsoll runs, but stays closed until this is mended');
    expect(stack.child.stdout()).toContain(why);
    expect(stack.child.stdout()).toContain(repair);
    expect(await statusOf(stack, '/livez')).toBe(200);
    expect(await statusOf(stack, '/readyz')).toBe(503);
    expect(stack.file().pids.scanner).toBeNull();
    expect(await stack.child.end('SIGINT')).toBe(0);
  }

  const stack = await up({ dataDir, environment });
  await query(stack, jobs, 'delete from doubled where ctid = (select min(ctid) from doubled)');
  const words = repair.split('plimsoll ')[1]?.split(' ') ?? [];
  const mended = startChild({
    args: ['src/main.ts', ...words, '--yes'],
    environment: { ...environment, DATA_DIR: dataDir },
  });
  expect(await mended.exited, mended.stderr()).toBe(0);
  await ready(stack);
  await waitFor(() => stack.file().pids.scanner, { what: 'the scanner, now that the gate is open' });
  expect(await stack.child.end('SIGINT')).toBe(0);

  await using older = await up({ dataDir });
  expect(older.child.stdout()).toMatch(/Plimsoll is ready\.\n\n.*ahead: .*this image may still run on it/);
  await ready(older);
});

test('a first start whose migrations fail shows the password, and the user is there once they are mended', async () => {
  await using scratch = await scratchFolder();
  const environment = await nextRelease(scratch.path);
  const broken = join(environment.MIGRATIONS_DIR, 'config', '0001_create_users.sql');
  const sound = await readFile(broken, 'utf8');
  await writeFile(broken, 'create table users (id no_such_type);\n');
  await using stack = await up({ dataDir: join(scratch.path, 'data'), environment });
  expect(stack.child.stdout()).toContain('no_such_type');
  const password = passwordIn(stack.child.stdout()) ?? '';
  await writeFile(broken, sound);
  const migrated = startChild({
    args: ['src/main.ts', 'migrator', '--database', 'config'],
    environment: { ...environment, DATA_DIR: stack.dataDir },
  });
  expect(await migrated.exited, migrated.stderr()).toBe(0);
  await waitFor(async () => (await signIn(stack, password)).ok, { what: 'the first user' });
});
