import type { CrossCheck, DatabaseName } from '../../../contract/index.ts';
import type { Session } from './session.ts';

/** A column whose values are ids of rows in another database. */
interface Reference {
  readonly code: string;
  readonly from: { readonly database: DatabaseName; readonly table: string; readonly column: string };
  readonly to: { readonly database: DatabaseName; readonly table: string; readonly column: string };
}

const references: readonly Reference[] = [
  {
    code: 'result_job',
    from: { database: 'results', table: 'public.results', column: 'job_id' },
    to: { database: 'jobs', table: 'public.scan_jobs', column: 'id' },
  },
  {
    code: 'result_scanner',
    from: { database: 'results', table: 'public.results', column: 'scanner_id' },
    to: { database: 'config', table: 'public.scanners', column: 'id' },
  },
  {
    code: 'lease_scanner',
    from: { database: 'jobs', table: 'public.leases', column: 'scanner_id' },
    to: { database: 'config', table: 'public.scanners', column: 'id' },
  },
];

const batchSize = 10_000;

type Sessions = Readonly<Record<DatabaseName, Pick<Session, 'query'>>>;

/** Counts the references from one database into another, and those that lead nowhere. Memory stays the same however many there are. */
export async function checkReferences(sessions: Sessions, signal: AbortSignal): Promise<CrossCheck[]> {
  const checks: CrossCheck[] = [];
  for (const reference of references) {
    const check = await checkReference(sessions, reference, signal);
    if (check !== undefined) checks.push(check);
  }
  return checks;
}

/** Undefined for a schema that is too old to have both tables. */
async function checkReference(
  sessions: Sessions,
  { code, from, to }: Reference,
  signal: AbortSignal,
): Promise<CrossCheck | undefined> {
  const [source, target] = [sessions[from.database], sessions[to.database]];
  if (!(await hasTable(source, from.table)) || !(await hasTable(target, to.table))) return undefined;
  await source.query(
    `declare reference_walk no scroll cursor for select ${from.column} as id from ${from.table} where ${from.column} is not null`,
  );
  const check = { code, checked: 0, missing: 0 };
  for (;;) {
    signal.throwIfAborted();
    const rows = await source.query<{ id: string }>(`fetch ${batchSize} from reference_walk`);
    if (rows.length === 0) break;
    check.checked += rows.length;
    check.missing += await countMissing(
      target,
      to,
      rows.map(({ id }) => id),
    );
  }
  await source.query('close reference_walk');
  return check;
}

async function hasTable({ query }: Pick<Session, 'query'>, table: string): Promise<boolean> {
  const [found] = await query<{ there: boolean }>('select pg_catalog.to_regclass($1) is not null as there', [table]);
  return found?.there === true;
}

async function countMissing(
  { query }: Pick<Session, 'query'>,
  { table, column }: Reference['to'],
  ids: readonly string[],
): Promise<number> {
  const [found] = await query<{ missing: number }>(
    `select count(*)::integer as missing from unnest($1::uuid[]) wanted (id)
      where not exists (select from ${table} t where t.${column} = wanted.id)`,
    [ids],
  );
  return found?.missing ?? 0;
}
