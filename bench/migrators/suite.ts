import { markdownTable, median, timeCommands } from '../measure.ts';
import { installPeers, migrators, type Migrator } from './peers.ts';
import { writeMigrationSet, type MigrationSet } from './migration-set.ts';

/** Makes three new empty databases and gives their URLs; `drop` removes them. */
export type FreshDatabases = () => Promise<{ readonly urls: readonly string[]; readonly drop: () => Promise<void> }>;

const count = 200;
const rounds = { apply: 3, noop: 7 };

interface Measured {
  readonly migrator: Migrator;
  readonly applyMs: number;
  readonly noopMs: number;
}

/** Times every migrator on three databases × 200 migrations, applied and then with nothing to do; gives a Markdown section. */
export async function benchMigrators(fresh: FreshDatabases): Promise<string> {
  installPeers();
  const set = writeMigrationSet(count);
  const measured: Measured[] = [];
  for (const migrator of migrators()) {
    measured.push(await measure(migrator, set, fresh));
    process.stderr.write(
      `${migrator.name}: apply ${measured.at(-1)?.applyMs.toFixed(0)} ms, no-op ${measured.at(-1)?.noopMs.toFixed(0)} ms\n`,
    );
  }
  return render(measured);
}

async function measure(migrator: Migrator, set: MigrationSet, fresh: FreshDatabases): Promise<Measured> {
  const applied: number[] = [];
  const noops: number[] = [];
  for (let round = 0; round < rounds.apply; round += 1) {
    const { urls, drop } = await fresh();
    applied.push(await timeCommands(migrator.commands(set, urls)));
    if (round === 0) {
      const noop = migrator.noop ?? migrator.commands;
      for (let again = 0; again < rounds.noop; again += 1) noops.push(await timeCommands(noop(set, urls)));
    }
    await drop();
  }
  return { migrator, applyMs: median(applied), noopMs: median(noops) };
}

function render(measured: readonly Measured[]): string {
  const floor = measured.find(({ migrator }) => migrator.name === '`psql`');
  const rows = measured.map(({ migrator, applyMs, noopMs }) => [
    migrator.name,
    applyMs.toFixed(0),
    `${(applyMs / (floor?.applyMs ?? applyMs)).toFixed(2)}×`,
    noopMs.toFixed(0),
    `${(noopMs / (floor?.noopMs ?? noopMs)).toFixed(1)}×`,
    migrator.note,
  ]);
  return [
    '## Migrators',
    '',
    `Three databases × ${count} small migrations on one Postgres 18 with fsync on; whole processes, milliseconds, medians of ${rounds.apply} (apply) and ${rounds.noop} (nothing to do) runs, beside \`psql\` in the same run.`,
    '',
    markdownTable(['', 'apply', 'to psql', 'no-op', 'to psql', 'how it was run'], rows),
    '',
  ].join('\n');
}
