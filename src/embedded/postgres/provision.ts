import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { databaseNames } from '../../contract/index.ts';
import type { Secret } from '../../base/index.ts';
import { packageRoot } from '../../manifest/index.ts';
import {
  classifyPostgresError,
  codeOf,
  connect,
  sqlState,
  targetOf,
  type PostgresClient,
} from '../../postgres/index.ts';
import type { RunningPostgres } from './launch.ts';

/** Passwords of the deployment's roles. */
export interface RolePasswords {
  readonly owner: Secret;
  readonly app: Secret;
  readonly readonly: Secret;
  readonly prove: Secret;
  readonly monitor: Secret;
}

/**
 * Creates the roles and the databases with their rights by running the very files that a real deployment runs.
 * May be repeated: what exists already is left, so it also goes on after a start that was killed half-way.
 */
export async function provisionDatabases(
  postgres: Pick<RunningPostgres, 'superuserUrl'>,
  passwords: RolePasswords,
): Promise<void> {
  const roles = await readFile(join(packageRoot(), 'deploy/roles.sql'), 'utf8');
  const rights = await readFile(join(packageRoot(), 'deploy/database-rights.sql'), 'utf8');
  await inDatabase(postgres, 'postgres', async (client) => {
    const variables = {
      owner_password: passwords.owner.reveal(),
      app_password: passwords.app.reveal(),
      readonly_password: passwords.readonly.reveal(),
      prove_password: passwords.prove.reveal(),
      monitor_password: passwords.monitor.reveal(),
    };
    for (const statement of statementsOf(roles)) {
      await client
        .query(withVariables(statement, variables, (value) => client.escapeLiteral(value)))
        .catch(ignoreExisting);
    }
  });
  await Promise.all(databaseNames.map((name) => inDatabase(postgres, name, (client) => client.query(rights))));
}

async function inDatabase(
  postgres: Pick<RunningPostgres, 'superuserUrl'>,
  database: string,
  work: (client: PostgresClient) => Promise<unknown>,
): Promise<void> {
  const spec = {
    name: database,
    url: postgres.superuserUrl(database),
    applicationName: 'plimsoll up',
    connectTimeoutMs: 10_000,
  };
  const client = await connect(spec);
  try {
    // "already exists" is expected here, and a statement that fails would be logged with its password.
    await client.query('set log_min_messages = fatal');
    await work(client);
  } catch (error) {
    throw classifyPostgresError(error, targetOf(spec));
  } finally {
    await client.end();
  }
}

function ignoreExisting(error: unknown): void {
  const code = codeOf(error);
  if (code !== sqlState.duplicateObject && code !== sqlState.duplicateDatabase) throw error;
}

/** The statements of a file in which each ends with a semicolon at the end of a line; comment lines are dropped. */
export function statementsOf(sql: string): string[] {
  return sql
    .replaceAll(/^--.*$/gm, '')
    .split(/;[ \t]*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}

/** Puts values in the place of psql's `:'name'`, quoted by `quote`. */
export function withVariables(
  sql: string,
  values: Readonly<Record<string, string>>,
  quote: (value: string) => string,
): string {
  return sql.replaceAll(/:'(\w+)'/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new TypeError(`the SQL file uses the variable ${name}, which nobody sets`);
    return quote(value);
  });
}
