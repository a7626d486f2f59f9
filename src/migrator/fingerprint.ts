import { catalogSummarySql, pinSearchPathSql } from './catalog.ts';
import type { Queryable } from './ledger.ts';

/**
 * The SHA-256 of the live schema as text: what drift is measured by, and what a restored database is compared with. Run in
 * a transaction, it pins the search_path for the rest of it. Throws what `pg` throws.
 */
export async function readFingerprint(client: Queryable): Promise<string> {
  // Several statements in one text give an array of results, which @types/pg does not know.
  const results = (await client.query(`${pinSearchPathSql} ${catalogSummarySql}`)) as unknown as {
    rows: { fingerprint: string }[];
  }[];
  const fingerprint = results.at(-1)?.rows[0]?.fingerprint;
  if (fingerprint === undefined) throw new TypeError('the catalogue gave no fingerprint');
  return fingerprint;
}
