import type { WraparoundReading } from '../../contract/index.ts';
import type { RunSql } from '../../postgres/index.ts';
import type { Section } from './section.ts';

/** Three million before the wraparound Postgres stops accepting writes. Source: PostgreSQL manual, "Preventing Transaction ID Wraparound Failures". */
const stopsAt = 2 ** 31 - 3_000_000;

const agesSql = `
select age(datfrozenxid)::integer as xids, mxid_age(datminmxid)::integer as multixacts,
  current_setting('autovacuum_freeze_max_age')::double precision as "freezeMaxAge"
from pg_database where datname = current_database()`;

const oldestSql = `
select c.oid::regclass::text as table, age(c.relfrozenxid)::double precision as xids
from pg_class c where c.relkind in ('r', 'm', 't') and c.relfrozenxid <> 0 order by 2 desc limit 3`;

/** How far the database is on the way to the end of its transaction ids. */
export async function readAges(run: RunSql): Promise<Omit<WraparoundReading, 'oldest'>> {
  const [ages] = await run<Omit<WraparoundReading, 'oldest' | 'used'>>(agesSql);
  if (ages === undefined) throw new Error('the server gave no row');
  return { ...ages, used: Math.max(ages.xids, ages.multixacts) / stopsAt };
}

/** The same, with the tables that are furthest. */
export const wraparoundSection: Section<WraparoundReading> = {
  read: async (run) => {
    const ages = await readAges(run);
    return { ...ages, oldest: await run<WraparoundReading['oldest'][number]>(oldestSql) };
  },
};
