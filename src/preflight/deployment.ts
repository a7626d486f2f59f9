import { databaseNames, type DatabaseName } from '../contract/index.ts';
import type { Secret } from '../base/index.ts';
import { surveyDatabases } from '../migrator/index.ts';
import type { DatabaseUnderCheck } from './context.ts';

/** By what a deployment is told from others: one hash a database; null: it could not be read. */
export type DeploymentIdentity = Readonly<Record<DatabaseName, string | null>>;

/** The server knows itself by an identifier of its own, which no copy of its data takes along to another server. */
const identitySql = `
select encode(sha256(convert_to(system_identifier::text || '/' || current_database(), 'UTF8')), 'hex') as identity
from pg_catalog.pg_control_system()`;

/** The identity as a run of preflight reads it. */
export async function readIdentity(databases: Readonly<Record<DatabaseName, DatabaseUnderCheck>>) {
  return await identityOf(async (name) => {
    const [row] = await databases[name].read<{ identity: string }>(identitySql);
    return row?.identity ?? null;
  });
}

/** The identity of the databases at these URLs. */
export async function surveyIdentity(urls: Readonly<Record<DatabaseName, Secret>>): Promise<DeploymentIdentity> {
  const surveyed = await surveyDatabases(databaseNames, urls, async ({ client }) => {
    const { rows } = await client.query<{ identity: string }>(identitySql);
    return rows[0]?.identity ?? null;
  });
  return await identityOf(async (name) => surveyed.find((each) => each.name === name)?.value ?? null);
}

async function identityOf(read: (name: DatabaseName) => Promise<string | null>): Promise<DeploymentIdentity> {
  const one = async (name: DatabaseName) => [name, await read(name).catch(() => null)] as const;
  return Object.fromEntries(await Promise.all(databaseNames.map(one))) as Record<DatabaseName, string | null>;
}

/**
 * Whether two identities are of one deployment: `other` names a database that differs, `unknown` means that no database could
 * be read both times. Pure.
 */
export function compareIdentities(
  then: DeploymentIdentity,
  now: DeploymentIdentity,
): 'same' | 'unknown' | { readonly other: DatabaseName } {
  const comparable = databaseNames.filter((name) => then[name] !== null && now[name] !== null);
  const other = comparable.find((name) => then[name] !== now[name]);
  if (other !== undefined) return { other };
  return comparable.length === 0 ? 'unknown' : 'same';
}
