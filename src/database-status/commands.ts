import type { DatabaseName } from '../contract/index.ts';
import type { Secret } from '../base/index.ts';
import { psqlCommand, targetOf } from '../postgres/index.ts';

/** Command lines for one database. */
export interface Commands {
  /** As superuser, by the name that Debian and the Postgres images give it, in this database. */
  inDatabase(sql: string): string;
  /** The same in the database that every server has: for what concerns the whole server. */
  onServer(sql: string): string;
}

/** The command lines for the database that a URL leads to. */
export function commandsFor(name: DatabaseName, url: Secret): Commands {
  const target = targetOf({ name, url });
  return {
    inDatabase: (sql) => psqlCommand(target, sql, { user: 'postgres' }),
    onServer: (sql) => psqlCommand(target, sql, { user: 'postgres', database: 'postgres' }),
  };
}
