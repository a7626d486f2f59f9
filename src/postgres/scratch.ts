/** What scratch databases are made for. */
export interface ScratchKind {
  /** The names begin with it: `plimsoll_prove`. */
  readonly prefix: string;
  /** First half of the advisory lock that a run holds as long as it lives; the second is its number. */
  readonly lockClass: number;
}

/** Those in which bundles are proven; "prov" in ASCII. */
export const proveScratch: ScratchKind = { prefix: 'plimsoll_prove', lockClass: 0x7072_6f76 };
/** Those in which migrations are rehearsed; "rehe" in ASCII. */
export const rehearsalScratch: ScratchKind = { prefix: 'plimsoll_rehearse', lockClass: 0x7265_6865 };

/** Runs one statement and gives its rows. */
export type RunSql = <Row>(text: string, values?: readonly unknown[]) => Promise<Row[]>;

/** The name of one scratch database of a run, whose number is eight hexadecimal digits. */
export function scratchName({ prefix }: ScratchKind, run: string, name: string): string {
  return `${prefix}_${run}_${name}`;
}

/** Marks a run as alive for as long as the session is; as often as it likes, on several sessions too. */
export async function holdScratch(query: RunSql, { lockClass }: ScratchKind, run: string): Promise<void> {
  await query('select pg_catalog.pg_advisory_lock_shared($1, $2)', [lockClass, lockNumberOf(run)]);
}

/** SQL for the scratch databases of the own role whose run holds its lock no more: it was killed. Rows: `stray`. */
export function straysSql({ prefix, lockClass }: ScratchKind): string {
  return `select datname::text as stray from pg_catalog.pg_database d
    where datname ~ '^${prefix}_[0-9a-f]{8}_' and pg_catalog.pg_get_userbyid(datdba) = current_user
      and not exists (
        select from pg_catalog.pg_locks l where l.locktype = 'advisory' and l.granted and l.classid = ${lockClass}::bigint::oid
          and l.objid::bigint = ('x' || pg_catalog.lpad(pg_catalog.substr(d.datname::text, ${prefix.length + 2}, 8), 16, '0'))::bit(64)::bigint)`;
}

/** Drops what killed runs have left, and gives the names; what cannot be dropped is left for the next run. */
export async function sweepScratch(query: RunSql, kind: ScratchKind): Promise<string[]> {
  const swept: string[] = [];
  for (const { stray } of await query<{ stray: string }>(straysSql(kind)))
    if (await dropScratch(query, stray)) swept.push(stray);
  return swept;
}

/** Drops one of them, whoever is connected; false: it could not be. */
export async function dropScratch(query: RunSql, name: string): Promise<boolean> {
  return await query(`drop database if exists "${name}" with (force)`).then(
    () => true,
    () => false,
  );
}

/** Advisory locks take two signed integers of 32 bits. */
function lockNumberOf(run: string): number {
  return Number.parseInt(run, 16) | 0;
}
