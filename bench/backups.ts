import { mkdtemp, chmod, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serverKinds, type TestServer } from '../test/testkit/postgres-servers.ts';
import { compete, type Contestant, type Figures } from './backups/contestant.ts';
import { makeBenchDatabases } from './backups/data.ts';
import { ours } from './backups/ours.ts';
import { pgBackRest } from './backups/pgbackrest.ts';
import { clientPrograms } from './backups/programs.ts';
import { markdownTable } from './measure.ts';

const rounds = 3;
/** Of a gigabyte; BENCH_BACKUPS_SHARE makes a quick try of it. */
const largeShare = Number(process.env['BENCH_BACKUPS_SHARE'] ?? 1);
/** What fits the pg_dump that comes along. */
const smallShare = largeShare / 10;

/** Backs three databases up and brings them back, beside what else an operator could use; gives a Markdown section. */
export async function benchBackups(): Promise<string> {
  const kind = serverKinds().find(({ bin }) => bin !== undefined);
  if (kind?.bin === undefined) throw new Error('this suite needs an installed PostgreSQL: apt-get install postgresql');
  const { bin } = kind;
  const under = await mkdtemp(join(tmpdir(), 'plimsoll-bench-'));
  await chmod(under, 0o711);
  try {
    await using server = await kind.start({ under, settings: ['max_wal_size=4GB', 'shared_buffers=256MB'] });
    const large = await table(server, under, largeShare, async (names) => [
      ...clientPrograms(server, bin, names),
      await ours(server, names, 'pg_dump'),
      await pgBackRest(server, under),
    ]);
    const small = await table(server, under, smallShare, async (names) => [
      ...clientPrograms(server, bin, names),
      await ours(server, names, 'pg_dump'),
      await ours(server, names, 'pg_dump-wasm'),
    ]);
    return [
      '## Backups',
      '',
      `Three databases on one ${kind.label}, durable, on disk; medians of ${rounds} rounds in turns. CPU is of all cores, the server's share included. Plimsoll's figures include the three snapshots, exact row counts of every table, checksums and fsync; its restore includes \`analyze\`. Ratios are to \`pg_dump -Fc\`.`,
      '',
      large,
      '',
      small,
      '',
    ].join('\n');
  } finally {
    await rm(under, { recursive: true, force: true });
  }
}

type Names = Awaited<ReturnType<typeof makeBenchDatabases>>['names'];

async function table(
  server: TestServer,
  under: string,
  share: number,
  contestantsFor: (names: Names) => Promise<readonly (Contestant | undefined)[]>,
): Promise<string> {
  const { names, bytes } = await makeBenchDatabases(server, share);
  const contestants = (await contestantsFor(names)).filter((contestant) => contestant !== undefined);
  const figures = await compete(contestants, under, rounds);
  for (const name of Object.values(names)) await server.query('postgres', `drop database ${name}`);
  const base = figures.find(({ name }) => name === '`pg_dump -Fc`');
  const header = [
    `${Math.round(bytes / 1e6)} MB`,
    'backup, s',
    'ratio',
    'CPU, s',
    'MB',
    'ratio',
    'restore, s',
    'ratio',
  ];
  return markdownTable(
    header,
    figures.map((each) => row(each, base ?? each)),
  );
}

function row(each: Figures, base: Figures): string[] {
  const { restoreSeconds } = each;
  return [
    each.name,
    each.seconds.toFixed(1),
    (each.seconds / base.seconds).toFixed(2),
    each.cpuSeconds.toFixed(1),
    (each.bytes / 1e6).toFixed(0),
    (each.bytes / base.bytes).toFixed(2),
    restoreSeconds?.toFixed(1) ?? '–',
    restoreSeconds === undefined ? '–' : (restoreSeconds / (base.restoreSeconds ?? restoreSeconds)).toFixed(2),
  ];
}
