import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { scratchFolder } from '../../../test/testkit/index.ts';
import { findPrograms } from './programs.ts';

async function writeProgram(folder: string, name: string, script: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, name), 0o755);
}

const says = (name: string, version: string) => `echo '${name} (PostgreSQL) ${version}'`;

it('finds the programs of PATH first, then those of Debian from the newest on, each with its version', async () => {
  await using scratch = await scratchFolder({ executable: true });
  const [inPath, debianRoot] = [join(scratch.path, 'usr'), join(scratch.path, 'debian')];
  await writeProgram(inPath, 'pg_dump', says('pg_dump', '15.18 (Debian 15.18-0+deb12u1)'));
  for (const major of ['9', '17', '18'])
    await writeProgram(join(debianRoot, major, 'bin'), 'pg_dump', says('pg_dump', `${major}.2`));
  await mkdir(join(debianRoot, 'not-a-version'));
  await symlink(inPath, join(scratch.path, 'also'));
  const path = `${inPath}:relative/folder:${join(scratch.path, 'also')}`;
  const { pg_dump, pg_restore } = await findPrograms({ path, debianRoot });
  expect(pg_dump.map(({ path, version, major }) => [path, version, major])).toEqual([
    [join(inPath, 'pg_dump'), '15.18 (Debian 15.18-0+deb12u1)', 15],
    [join(debianRoot, '18/bin/pg_dump'), '18.2', 18],
    [join(debianRoot, '17/bin/pg_dump'), '17.2', 17],
    [join(debianRoot, '9/bin/pg_dump'), '9.2', 9],
  ]);
  expect(pg_restore).toEqual([]);
});

it('leaves out what does not run or is something else, and finds nothing without complaint', async () => {
  await using scratch = await scratchFolder({ executable: true });
  await writeProgram(join(scratch.path, 'a'), 'pg_dump', 'exit 1');
  await writeProgram(join(scratch.path, 'b'), 'pg_dump', 'echo hello');
  await mkdir(join(scratch.path, 'c'));
  await writeFile(join(scratch.path, 'c/pg_dump'), 'not executable');
  const path = ['a', 'b', 'c', 'missing'].map((name) => join(scratch.path, name)).join(':');
  const found = await findPrograms({ path, debianRoot: join(scratch.path, 'none') });
  expect(found).toEqual({ pg_dump: [], pg_restore: [] });
});

it('takes a pg_dump since 16 at its word whether it was built with zstd', async () => {
  await using scratch = await scratchFolder({ executable: true });
  const complaining = (complaint: string) =>
    `[ "$1" = --version ] && ${says('pg_dump', '17.2')} && exit; echo "pg_dump: error: ${complaint}" >&2; exit 1`;
  const without = 'invalid compression specification: this build does not support compression with zstd';
  await writeProgram(join(scratch.path, 'with'), 'pg_dump', complaining('connection to server failed'));
  await writeProgram(join(scratch.path, 'without'), 'pg_dump', complaining(without));
  const path = `${join(scratch.path, 'with')}:${join(scratch.path, 'without')}`;
  const { pg_dump } = await findPrograms({ path, debianRoot: join(scratch.path, 'none') });
  expect(pg_dump.map(({ zstd }) => zstd)).toEqual([true, false]);
});

it('looks nowhere but in PG_BIN when that is set, and names it when there is nothing to use', async () => {
  await using scratch = await scratchFolder({ executable: true });
  await writeProgram(join(scratch.path, 'usr'), 'pg_dump', says('pg_dump', '18.1'));
  const pgBin = join(scratch.path, 'elsewhere');
  await expect(findPrograms({ pgBin, path: join(scratch.path, 'usr') })).rejects.toMatchObject({
    code: 'backup_programs_unusable',
    message: `PG_BIN is ${pgBin}, but ${pgBin}/pg_dump cannot be used: it is not there`,
  });
  await writeProgram(pgBin, 'pg_dump', says('pg_dump', '16.1'));
  const { pg_dump } = await findPrograms({ pgBin, path: join(scratch.path, 'usr') });
  expect(pg_dump).toMatchObject([{ version: '16.1' }]);
});
