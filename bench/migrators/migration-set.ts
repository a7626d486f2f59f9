import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { databaseNames } from '../../src/contract/index.ts';

/** The same migrations written the way each tool wants them. */
export interface MigrationSet {
  readonly plimsollDir: string;
  readonly manifestPath: string;
  readonly psqlPath: string;
  readonly plainDir: string;
  readonly dbmateDir: string;
  readonly nodePgMigrateDir: string;
  readonly drizzleDir: string;
  readonly postgratorDir: string;
}

/** Writes `count` small migrations: a table with a key and an index each, as a product's look after some years. */
export function writeMigrationSet(count: number): MigrationSet {
  const root = mkdtempSync(join(tmpdir(), 'plimsoll-bench-'));
  const set: MigrationSet = {
    plimsollDir: join(root, 'plimsoll'),
    manifestPath: join(root, 'release.json'),
    psqlPath: join(root, 'all.sql'),
    plainDir: join(root, 'plain'),
    dbmateDir: join(root, 'dbmate'),
    nodePgMigrateDir: join(root, 'node-pg-migrate'),
    drizzleDir: join(root, 'drizzle'),
    postgratorDir: join(root, 'postgrator'),
  };
  const write = (folder: string, name: string, text: string): void => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, name), text);
  };
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  for (const number of numbers) {
    const sql = migrationSql(number);
    const padded = String(number).padStart(4, '0');
    for (const name of databaseNames) write(join(set.plimsollDir, name), `${padded}_create_thing_${number}.sql`, sql);
    write(set.plainDir, `${padded}_create_thing_${number}.sql`, sql);
    write(set.dbmateDir, `${padded}_create_thing_${number}.sql`, `-- migrate:up\n${sql}\n-- migrate:down\n`);
    write(set.nodePgMigrateDir, `${1_700_000_000_000 + number}_create-thing-${number}.sql`, sql);
    write(set.drizzleDir, `${padded}_create_thing_${number}.sql`, sql);
    write(set.postgratorDir, `${padded}.do.create-thing-${number}.sql`, sql);
  }
  writeFileSync(set.psqlPath, numbers.map((number) => `begin;\n${migrationSql(number)}commit;\n`).join(''));
  const entries = numbers.map((number) => ({
    idx: number - 1,
    version: '7',
    when: number,
    tag: `${String(number).padStart(4, '0')}_create_thing_${number}`,
    breakpoints: false,
  }));
  write(
    join(set.drizzleDir, 'meta'),
    '_journal.json',
    JSON.stringify({ version: '7', dialect: 'postgresql', entries }),
  );
  writeFileSync(set.manifestPath, JSON.stringify(manifest(count)));
  return set;
}

function migrationSql(number: number): string {
  return `create table thing_${number} (id bigint generated always as identity primary key, name text not null, made_at timestamptz not null default now());\ncreate index thing_${number}_by_time on thing_${number} (made_at);\n`;
}

function manifest(schemaVersion: number): object {
  return {
    manifestVersion: 1,
    appVersion: '1.0.0',
    upgradableFrom: '>=1.0.0',
    databases: Object.fromEntries(databaseNames.map((name) => [name, { schemaVersion }])),
    scannerProtocol: { min: 1, max: 2 },
    postgres: { min: 14, max: 18 },
  };
}
