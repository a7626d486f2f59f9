import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { databaseNames } from '../../src/contract/index.ts';
import { connect } from '../../src/postgres/index.ts';
import { createMigrationsFolder, createTestDatabases, waitFor, type MigrationsFolder } from '../testkit/index.ts';
import { seeded } from '../testkit/seeded.ts';
import { createProgram, type Program } from './program.ts';
import { createMixedRelease, findFaults } from './releases.ts';

// KILL_ROUNDS=200 runs the whole of it; KILL_SEED repeats a run that was printed.
const rounds = Number(process.env['KILL_ROUNDS'] ?? 16);
const seed = Number(process.env['KILL_SEED'] ?? Date.now() % 2 ** 31);

interface Round {
  readonly killedAfterMs: number;
  readonly wasDirty: boolean;
  readonly faults: readonly string[];
}

/** Kills a migrator after a while and lets the next ones do what an operator would; null if it had ended before. */
async function killOnce(program: Program, release: MigrationsFolder, killedAfterMs: number): Promise<Round | null> {
  await using databases = await createTestDatabases();
  const victim = program.start(databases, release);
  await Promise.race([delay(killedAfterMs), victim.ended]);
  if (!victim.child.kill('SIGKILL')) return null;
  await victim.ended;
  const next = await program.start(databases, release).ended;
  const wasDirty = next.exitCode === 3 && next.output.includes('dirty');
  const faults = next.exitCode === 0 || wasDirty ? [] : [`the next run: exit ${next.exitCode}: ${next.output}`];
  if (wasDirty) {
    const repair = await program.start(databases, release, 'repair', '--yes').ended;
    if (repair.exitCode !== 0) faults.push(`repair: exit ${repair.exitCode}: ${repair.output}`);
    const last = await program.start(databases, release).ended;
    if (last.exitCode !== 0) faults.push(`after the repair: exit ${last.exitCode}: ${last.output}`);
  }
  const found = await Promise.all(databaseNames.map(async (name) => await findFaults(databases, release, name)));
  return { killedAfterMs, wasDirty, faults: [...faults, ...found.flat()] };
}

async function measureOnce(program: Program, release: MigrationsFolder): Promise<number> {
  await using databases = await createTestDatabases();
  const started = performance.now();
  await program.start(databases, release).ended;
  return performance.now() - started;
}

test('whenever a migrator is killed, the next run finishes the job, or says dirty and repair does', async () => {
  using program = await createProgram();
  using release = createMixedRelease();
  const random = seeded(seed);
  let wholeRunMs = await measureOnce(program, release);
  const results: Round[] = [];
  const lane = async (): Promise<void> => {
    while (results.length < rounds) {
      const killAfterMs = random() * wholeRunMs;
      const round = await killOnce(program, release, killAfterMs);
      if (round !== null) results.push(round);
      // It ended by itself sooner than that: later instants would hit nothing.
      else wholeRunMs = Math.min(wholeRunMs, killAfterMs);
    }
  };
  await Promise.all([lane(), lane()]);
  const dirty = results.filter(({ wasDirty }) => wasDirty).length;
  process.stdout.write(`killed ${results.length} migrators, seed ${seed}: ${dirty} left a dirty database\n`);
  expect(results.filter(({ faults }) => faults.length > 0)).toEqual([]);
}, 900_000);

test('a migrator killed while it builds an index leaves a dirty database, which repair settles', async () => {
  using program = await createProgram();
  using release = createMigrationsFolder({
    config: [
      'create table effects (version integer); insert into effects values (1);',
      '-- plimsoll: transaction=none\ncreate index concurrently effects_by_version on effects (version);',
    ],
  });
  await using databases = await createTestDatabases();
  const query = async (sql: string) => await databases.config.query('superuser', sql);
  const first = await program.start(databases, release, 'migrate', '--to', '1').ended;
  expect(first.exitCode).toBe(0);
  const spec = { name: 'config', url: databases.config.urls.owner, applicationName: 'report', connectTimeoutMs: 5000 };
  const report = await connect(spec);
  // An open transaction that has written to the table holds the build up for as long as the test wants.
  await report.query('begin; insert into effects values (2)');
  const victim = program.start(databases, release);
  await waitFor(async () => (await query('select from pg_index where not indisvalid')).length > 0, {
    what: 'the index to be half built',
  });
  victim.child.kill('SIGKILL');
  await victim.ended;
  // Busy waiting, the server has not noticed that its client is gone; a machine that went down would end both.
  await query(`select pg_terminate_backend(pid, 5000) from pg_stat_activity
    where datname = current_database() and application_name = 'plimsoll-migrator'`);
  await report.query('rollback');
  await report.end();
  expect(await program.start(databases, release).ended).toMatchObject({
    exitCode: 3,
    output: expect.stringContaining('dirty: migration 0002_step_2 in config'),
  });
  expect(await program.start(databases, release, 'repair', '--yes').ended).toMatchObject({
    exitCode: 0,
    output: expect.stringMatching(/invalid: it will be dropped[^]*repaired 0002_step_2/),
  });
  expect((await program.start(databases, release).ended).exitCode).toBe(0);
  expect(await query("select indisvalid from pg_index where indrelid = 'effects'::regclass")).toEqual([
    { indisvalid: true },
  ]);
});
