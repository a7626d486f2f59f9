import type { ThresholdUnit } from '../../src/contract/index.ts';
import { sizeText, spanText } from '../../src/base/index.ts';
import { thresholds } from '../../src/database-status/index.ts';

type Row = (typeof thresholds)[keyof typeof thresholds];

/** docs/database-status.md: what Admin > Database Status reads, and from where on it counts as out of order. */
export function databaseStatusPage(): string {
  const all = Object.entries(thresholds) as [string, Row][];
  const rows = all.map(
    ([code, row]) =>
      `| [\`${code}\`](#${code}) | ${row.measures} | ${limit(row, 'info')} | ${limit(row, 'warn')} | ${limit(row, 'critical')} |`,
  );
  const table = [
    '| code | what is measured | told | attention | critical |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ];
  const sections = all.flatMap(([code, { title, about, remedy }]) => [
    '',
    `### ${code}`,
    '',
    `**${title}.** ${about}`,
    '',
    `What to do: ${remedy}`,
  ]);
  return [...introduction, ...table, ...sections, ''].join('\n');
}

function limit(row: Row, severity: 'info' | 'warn' | 'critical'): string {
  const value: number | null = row[severity];
  if (value === null) return '–';
  return `${'below' in row ? 'under ' : ''}${amount(value, row.unit)}`;
}

const amounts: Readonly<Record<ThresholdUnit, (value: number) => string>> = {
  seconds: (value) => (value === 0 ? 'always' : spanText(value)),
  milliseconds: (value) => `${value} ms`,
  bytes: (value) => (value === 0 ? 'always' : sizeText(value)),
  share: (value) => `${Math.round(value * 100)} %`,
  times: (value) => `${value} times`,
  count: (value) => (value === 1 ? 'any' : String(value)),
  transactions: (value) => value.toLocaleString('en'),
};

function amount(value: number, unit: ThresholdUnit): string {
  return amounts[unit](value);
}

const introduction = [
  '# Database Status',
  '',
  'Admin > Database Status and `GET /api/admin/databases` show how each database fares at this moment: whether it answers and how fast, who is connected, who waits for whom, what keeps dead rows, how replication stands, what grows, and what is under way. Both are for the roles admin and auditor, work while the gate is closed, and with the recovery token while the config database is down.',
  '',
  '## How it is read',
  '',
  '- From catalogs and statistics of the server alone, in read-only transactions. No row of the product is read, and no lock is taken that anybody could wait for: a table that is locked tells the size of its last vacuum.',
  '- When somebody looks. All who look within two seconds share one reading, and a page that is open asks every three. When nobody looks, each database is asked for its size every ten minutes, and left alone otherwise.',
  '- Each database over a connection of its own, within four seconds, each statement within one. A request waits at most one second for databases that answer, and not at all for one that was silent the last time; that one is asked again in the background.',
  '- Each part stands or fails by itself. What cannot be read is `unknown` with the reason, beside what was read before and when. A database with an unread or hidden part is never called in order.',
  '',
  'The role is `plimsoll_monitor` of `deploy/roles.sql`: `pg_monitor` and nothing more. The manager finds it in `MONITOR_CONFIG_DATABASE_URL`, `MONITOR_RESULTS_DATABASE_URL` and `MONITOR_JOBS_DATABASE_URL`. Without these, or while that role cannot sign in, the readings are made with the role of the manager, from which the server hides what other roles do; the page then says what is hidden. To add the role to a deployment of before there was one, as superuser:',
  '',
  '```sql',
  "create role plimsoll_monitor login password '…';   -- the text of secrets/monitor_password, which deploy/make-secrets adds",
  'grant pg_monitor to plimsoll_monitor;',
  'grant plimsoll_monitor to plimsoll_owner;',
  '```',
  '',
  '## What a number can tell',
  '',
  '- **Growth** needs sizes from before. Each manager keeps one an hour for eight days, in `database-samples.json` in its `DATA_DIR`; the page says since when. A manager that starts with an empty folder tells no growth for an hour.',
  '- **Blocks found in memory** are counted over the last one to two hours. A manager that has just started tells them since the counters of the server began, and says so.',
  '- **Dead rows** are those that the server has counted. How much room a table wastes is not estimated.',
  '- **Idle in transaction** is counted from when the session fell idle. Dumps, migrations, autovacuum and replication are told as what they are, and never as forgotten clients.',
  '- **Behind, in seconds** is told of standbys that have something to replay; thresholds go by bytes, which mean the same on a quiet server.',
  '- **Percent of an index build** is of the phase that it is in.',
  '- **Statements** are shortened to 300 characters, and left out where they name a password.',
  '',
  '## Thresholds',
  '',
  'A reading at or beyond the number counts as told, attention or critical; – means never. The page shows each with the command that mends it. This page is made from the sources by `node scripts/make-docs.ts`, and the same table is what the readings are judged by.',
  '',
];
