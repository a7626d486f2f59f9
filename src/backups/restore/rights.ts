import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Secret } from '../../base/index.ts';
import { packageRoot } from '../../manifest/index.ts';
import { openServer, quoteName } from '../reload/server.ts';
import { restoreError } from './errors.ts';

/** The roles that a deployment's URLs connect as; not every deployment calls them as deploy/roles.sql does. */
export interface Roles {
  readonly owner: string;
  readonly app: string;
  readonly readonly: string;
}

/**
 * Before anything is loaded: what deploy/database-rights.sql gives, by the very file. Tables then come with their rights,
 * because they are made by the owner.
 */
export async function prepareRights(url: Secret, roles: Roles): Promise<void> {
  const text = await readFile(join(packageRoot(), 'deploy/database-rights.sql'), 'utf8');
  await using session = await openServer('restored', url);
  await session.client.query(forRoles(text, roles));
}

/** What the migrator and preflight record is for every role to read, also what they have recorded beside the ledger. */
const recordGrantsSql =
  'grant usage on schema plimsoll to public; grant select on all tables in schema plimsoll to public;';

/** After the load: the schemas that migrations have made, and the records that every role may read. */
export async function completeRights(url: Secret, roles: Roles): Promise<void> {
  await using session = await openServer('restored', url);
  const schemas = await session.query<{ name: string }>(
    `select nspname as name from pg_catalog.pg_namespace
      where nspname !~ '^pg_' and nspname not in ('information_schema', 'public', 'plimsoll')`,
  );
  const app = quoteName(roles.app);
  const grants = schemas.map(({ name }) => {
    const schema = quoteName(name);
    return `grant usage on schema ${schema} to ${app};
      grant select, insert, update, delete on all tables in schema ${schema} to ${app};
      grant execute on all functions in schema ${schema} to ${app};`;
  });
  await session.client.query([...grants, recordGrantsSql].join('\n'));
  await requireRights(session, roles);
}

/** Throws `restore_rights_wrong` when the manager could change the schema, which it never may. */
async function requireRights(
  { query, label }: Awaited<ReturnType<typeof openServer>>,
  { owner, app }: Roles,
): Promise<void> {
  const [row] = await query<{ may: boolean }>(
    `select pg_catalog.has_schema_privilege($1, 'public', 'create')
         or pg_catalog.has_database_privilege($1, pg_catalog.current_database(), 'create') as may`,
    [app],
  );
  if (row?.may !== true || app === owner) return;
  throw restoreError('restore_rights_wrong', {
    message: `${label}: the role ${app} could change the schema of the restored database, and ${owner} may not forbid it`,
    hint: 'Before PostgreSQL 15 only a superuser can forbid it: run `psql -d template1 -c "revoke create on schema public from public"` as one, then try again.',
    details: { role: app },
  });
}

/** The file names the roles as deploy/roles.sql does. */
export function forRoles(sql: string, roles: Roles): string {
  return sql.replaceAll(/\bplimsoll_(owner|app|readonly)\b/g, (_, role: keyof Roles) => quoteName(roles[role]));
}
