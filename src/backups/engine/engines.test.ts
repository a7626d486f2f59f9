import { describe, expect, it } from 'vitest';
import { chooseEngine } from './engines.ts';
import type { PgProgram } from './programs.ts';

const program = (major: number, zstd = false): PgProgram => ({
  path: `/usr/lib/postgresql/${major}/bin/pg_dump`,
  version: `${major}.1`,
  major,
  zstd,
});

const found = (...majors: number[]) => ({ pg_dump: majors.map((major) => program(major)), pg_restore: [] });
const server = (major: number, megabytes = 10) => ({
  name: 'jobs' as const,
  serverVersion: major * 10_000 + 4,
  databaseBytes: megabytes * 1e6,
});

describe('which engine dumps a database', () => {
  it.each([
    ['a pg_dump of the same version', found(15), server(15), '15.1'],
    ['a pg_dump that is newer', found(18), server(14), '18.1'],
    ['the first that is new enough, not the first', found(15, 17, 18), server(16), '17.1'],
    ['the pg_dump, however large the database', found(15), server(15, 1_000_000), '15.1'],
  ])('is %s', (_, programs, source, version) => {
    expect(chooseEngine(source, programs, 200)).toMatchObject({ name: 'pg_dump', version, format: 'custom' });
  });

  it.each([
    ['nothing is installed', found(), server(15)],
    ['what is installed is too old for the server', found(15, 17), server(18)],
    ['the database is just as large as may be', found(), server(18, 200)],
  ])('is the one that comes along when %s', (_, programs, source) => {
    expect(chooseEngine(source, programs, 200)).toMatchObject({ name: 'pg_dump-wasm', format: 'plain' });
  });

  it('lets an archive be compressed inside where pg_dump can do that', () => {
    const programs = { pg_dump: [program(17, true)], pg_restore: [] };
    expect(chooseEngine(server(17), programs, 200)).toMatchObject({ compression: 'zstd-inside' });
    expect(chooseEngine(server(15), found(15), 200)).toMatchObject({ compression: 'zstd' });
  });

  it('is none for a database that is too large, and says what was found and what to install', () => {
    expect(() => chooseEngine(server(18, 201), found(15), 200)).toThrow(
      expect.objectContaining({
        code: 'backup_engine_missing',
        message:
          'jobs database (201 MB, PostgreSQL 18): no pg_dump of version 18 or newer on this machine (/usr/lib/postgresql/15/bin/pg_dump is 15.1), and the one that comes with Plimsoll dumps up to 200 MB (BACKUP_WASM_LIMIT_MB)',
        hint: 'Install the PostgreSQL client programs, `apt-get install postgresql-client-18`, or set PG_BIN to a folder that has them.',
      }),
    );
  });

  it('is none for a server that is newer than all of them', () => {
    expect(() => chooseEngine(server(19), found(), 200)).toThrow(
      /\(none at all\), and the one that comes with Plimsoll is of PostgreSQL 18$/,
    );
  });
});
