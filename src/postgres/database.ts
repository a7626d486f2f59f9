import type { Pool, PoolClient, QueryResultRow } from 'pg';
import { AppError } from '../base/index.ts';
import { classifyPostgresError, type DatabaseTarget } from './classify.ts';
import { createPool, targetOf, type ConnectionSpec } from './connection.ts';
import { codeOf } from './sqlstate.ts';

/** What a store needs: runs one statement and gives its rows. Throws `database_*` AppErrors. */
export interface Queryable {
  query<Row extends QueryResultRow>(text: string, values?: readonly unknown[]): Promise<Row[]>;
}

/** One of the product's databases, reached through a small pool; opening it connects to nothing. */
export interface Database extends Queryable {
  readonly target: DatabaseTarget;
  /** Runs `work` in one transaction: committed when it resolves, rolled back when it throws. */
  transaction<T>(work: (transaction: Queryable) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Every wait has an end: `connectTimeoutMs` for a connection, `statementTimeoutMs` for each statement. */
export interface DatabaseSpec extends ConnectionSpec {
  readonly max: number;
  readonly statementTimeoutMs: number;
}

/** Opens a database lazily: the first statement connects. */
export function openDatabase(spec: DatabaseSpec): Database {
  const pool = createPool(spec);
  const clients = new Set<PoolClient>();
  pool.on('connect', (client) => clients.add(client)).on('remove', (client) => clients.delete(client));
  const target = targetOf(spec);
  const run = async <Row extends QueryResultRow>(
    runner: Pick<typeof pool, 'query'>,
    text: string,
    values: readonly unknown[] = [],
  ): Promise<Row[]> => {
    try {
      return (await runner.query<Row>(text, [...values])).rows;
    } catch (error) {
      throw classifyPostgresError(error, target);
    }
  };
  return {
    target,
    query: async (text, values) => await run(pool, text, values),
    transaction: async (work) => {
      const client = await pool.connect().catch((error: unknown) => {
        throw classifyPostgresError(error, target);
      });
      const transaction: Queryable = { query: async (text, values) => await run(client, text, values) };
      try {
        await transaction.query('begin');
        const result = await work(transaction);
        await transaction.query('commit');
        client.release();
        return result;
      } catch (error) {
        // Closing the connection rolls back, even when the server no longer answers.
        client.release(true);
        throw error;
      }
    },
    close: async () => {
      await endPool(pool, clients);
    },
  };
}

const politeMs = 500;

/** A server that no longer answers does not say goodbye: after half a second its connections are cut. */
async function endPool(pool: Pool, clients: ReadonlySet<PoolClient>): Promise<void> {
  const cut = setTimeout(() => {
    for (const client of clients) client.connection.stream.destroy();
  }, politeMs);
  await pool.end();
  clearTimeout(cut);
}

/** The SQLSTATE behind an error of `Database`; undefined when the server never gave one. */
export function sqlStateOf(error: unknown): string | undefined {
  const state = error instanceof AppError ? error.details['sqlState'] : codeOf(error);
  return typeof state === 'string' ? state : undefined;
}
