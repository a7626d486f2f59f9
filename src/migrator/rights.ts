import type { DatabaseTarget } from '../postgres/index.ts';

/** What is to be granted so that the migrator's role may do what the server's message refused, ready to be typed into psql. */
export function rightsHint(message: string, target: DatabaseTarget): string {
  const { role } = namesIn(target);
  const owned = /^must be owner of (table|view|materialized view|sequence|schema|type|foreign table) (\S+)$/.exec(
    message,
  );
  if (owned !== null) return inPsql(`alter ${owned[1]} ${quoted(owned[2])} owner to "${role}";`);
  if (/^permission denied for (schema plimsoll|table schema_migration|table migration_run)$/.test(message))
    return ledgerGrantHint(target);
  const denied = /^permission denied for (\w+(?: \w+)?) (\S+)$/.exec(message);
  const [, kind, name] = denied ?? [];
  if (kind === 'database' || (kind === 'schema' && name === 'public')) return grantHint(target);
  if (kind === 'table' || kind === 'view' || kind === 'relation')
    return inPsql(`grant all on ${quoted(name)} to "${role}";`);
  if (kind === 'schema' || kind === 'sequence') return inPsql(`grant all on ${kind} ${quoted(name)} to "${role}";`);
  return `Give the role "${role}" what the message asks for, or do as superuser by hand what only a superuser may.`;
}

/** The grants without which the migrator's role can make nothing at all. */
export function grantHint(target: DatabaseTarget): string {
  const { role, database } = namesIn(target);
  return inPsql(
    `grant create on database "${database}" to "${role}"; grant usage, create on schema public to "${role}";`,
  );
}

/** The grants without which the migrator's role cannot write a ledger that another role has made. */
function ledgerGrantHint(target: DatabaseTarget): string {
  const { role } = namesIn(target);
  return inPsql(
    `grant usage on schema plimsoll to "${role}"; grant select, insert, update on plimsoll.schema_migration, plimsoll.migration_run to "${role}";`,
  );
}

function inPsql(sql: string): string {
  return `As superuser run in psql: ${sql}`;
}

function quoted(name = ''): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function namesIn({ name, label }: DatabaseTarget): { role: string; database: string } {
  const [, role = 'plimsoll_owner', database = name] = /^([^@]*)@.*\/([^/]*)$/.exec(label) ?? [];
  return { role, database };
}
