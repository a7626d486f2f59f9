import { messageOf } from '../../base/index.ts';
import { databaseNames, type DatabaseName, type Manifest } from '../../contract/index.ts';
import { assessSchema, readLedger, type Definitions } from '../../migrator/index.ts';
import { openServer } from '../reload/server.ts';
import type { DatabaseUrls } from '../types.ts';
import { restoreError } from './errors.ts';

export interface HealthFacts {
  /** What the manager connects with. */
  readonly urls: DatabaseUrls;
  readonly manifest: Manifest;
  readonly definitions: Definitions;
}

/** Databases that the migrator has to bring to this release before the gate opens. */
export type PendingDatabases = readonly DatabaseName[];

/**
 * Looks at the databases as a manager does, with its role: it must be able to read the ledger and to work on rows, and the
 * schema must be of this release or behind it. Throws `restore_unhealthy`.
 */
export async function requireHealthy(facts: HealthFacts): Promise<PendingDatabases> {
  const behind: DatabaseName[] = [];
  const faults: string[] = [];
  for (const name of databaseNames) {
    const found = await lookAt(facts, name).catch((error: unknown) => messageOf(error));
    if (found === 'behind') behind.push(name);
    else if (found !== 'ok') faults.push(`${name}: ${found}`);
  }
  if (faults.length === 0) return behind;
  throw restoreError('restore_unhealthy', {
    message: `the restored databases are in place, and the product cannot work on them: ${faults.join('; ')}`,
    hint: 'Bring the old databases back with `plimsoll backup restore --back`, or mend it and run `plimsoll backup restore --resume`.',
    details: { faults },
  });
}

/** One table of each database that the manager writes to. */
const written: Readonly<Record<DatabaseName, string>> = {
  config: 'public.settings',
  results: 'public.targets',
  jobs: 'public.scans',
};

async function lookAt({ urls, manifest, definitions }: HealthFacts, name: DatabaseName): Promise<string> {
  await using session = await openServer(name, urls[name]);
  const ledger = await readLedger(session.client, { name, label: session.label });
  const required = manifest.databases[name].schemaVersion;
  const { status, aheadAllowed, current } = assessSchema({
    database: name,
    required,
    definitions: definitions[name],
    ledger,
  });
  const [row] = await session.query<{ there: boolean; may: boolean | null }>(
    `select pg_catalog.to_regclass($1) is not null as there,
            pg_catalog.has_table_privilege(pg_catalog.to_regclass($1), 'insert')
        and pg_catalog.has_table_privilege(pg_catalog.to_regclass($1), 'delete') as may`,
    [written[name]],
  );
  if (row?.there === true && row.may !== true) return `${session.role} may not write to ${written[name]}`;
  if (status === 'ahead' && aheadAllowed !== true) return `it is at schema ${current}, this release knows ${required}`;
  return status === 'behind' ? 'behind' : 'ok';
}
