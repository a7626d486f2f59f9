import { databaseNames, type BundleManifest } from '../../contract/index.ts';
import { majorOf } from '../reload/compare.ts';
import { reloadError } from '../reload/errors.ts';
import { readFreeBytes, requireSpace } from '../reload/free-space.ts';
import { databaseOf, quoteName, readServerVersion } from '../reload/server.ts';
import { rolesOf, type RestoreContext } from './context.ts';
import type { Server, Servers } from './servers.ts';

/**
 * Whether the servers can take the bundle: new enough, with room, and with the rights it takes. Throws `reload_server_older`,
 * `reload_no_space`, `reload_rights_missing`; nothing was begun then.
 */
export async function requireFit(context: RestoreContext, servers: Servers, bundle: BundleManifest): Promise<void> {
  for (const server of servers.all) {
    const databases = bundle.databases.filter(({ name }) => server.names.includes(name));
    const { session } = server;
    const major = majorOf(await readServerVersion(session));
    const needed = Math.max(...databases.map(({ serverVersion }) => majorOf(serverVersion)));
    if (major < needed)
      throw reloadError('reload_server_older', {
        message: `the bundle is of PostgreSQL ${needed}, and ${session.label} is PostgreSQL ${major}`,
        hint: `Restore it on servers of PostgreSQL ${needed} or newer.`,
        details: { found: major, expected: needed },
      });
    await requireRightsOn(context, server);
    const { freeBytes = readFreeBytes } = context;
    requireSpace(databases, await freeBytes(session), session.label);
  }
}

/** Making databases, renaming those that are there, ending the sessions of those who use them. */
async function requireRightsOn(context: RestoreContext, { session, names }: Server): Promise<void> {
  const live = names.map((name) => databaseOf(context.urls.owner[name]));
  const roles = names.flatMap((name) => [rolesOf(context, name).app, rolesOf(context, name).readonly]);
  const [row] = await session.query<{ create: boolean; foreign: string[]; roles: string[] }>(
    `select (select rolcreatedb or rolsuper from pg_catalog.pg_roles where rolname = current_user) as create,
       array(select datname::text from pg_catalog.pg_database
              where datname = any($1::text[]) and not pg_catalog.pg_has_role(datdba, 'usage')) as foreign,
       array(select distinct rolname::text from pg_catalog.pg_roles
              where rolname = any($2::text[]) and not pg_catalog.pg_has_role(oid, 'usage')
                and not pg_catalog.pg_has_role('pg_signal_backend', 'usage')) as roles`,
    [live, roles],
  );
  const role = quoteName(session.role);
  const missing = [
    ...(row?.create === true ? [] : [`alter role ${role} createdb;`]),
    ...(row?.foreign ?? []).map((name) => `alter database ${quoteName(name)} owner to ${role};`),
    ...(row?.roles ?? []).map((name) => `grant ${quoteName(name)} to ${role};`),
  ];
  if (missing.length === 0) return;
  throw reloadError('reload_rights_missing', {
    message: `the role ${session.role} (${session.label}) may not make, rename or clear the databases ${live.join(', ')}`,
    hint: `As superuser run in psql: ${missing.join(' ')} Or set MIGRATOR_CONFIG_DATABASE_URL and its two companions to the role that owns them.`,
    details: { databases: databaseNames.filter((name) => names.includes(name)), statements: missing },
  });
}
