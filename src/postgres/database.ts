import type { PoolClient, QueryResult, QueryResultRow } from 'pg';
import { AppError, traced } from '../base/index.ts';
import { classifyPostgresError, type DatabaseTarget } from './classify.ts';
import { RoutedPool, type PoolSpec } from './pool.ts';
import { querySpan } from './query-span.ts';
import { codeOf } from './sqlstate.ts';
import { targetOf } from './target.ts';

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

/** Others to the same server are not worth trying after these: it is gone, or no primary any more. */
const endsTrust: ReadonlySet<string> = new Set(['database_connection_lost', 'database_read_only']);

/** Opens a database lazily: the first statement connects. */
export function openDatabase(spec: PoolSpec): Database {
  const pool = new RoutedPool(spec);
  const target = targetOf(spec);
  const lend = async (): Promise<PoolClient> =>
    await pool.lend().catch((error: unknown) => {
      throw classifyPostgresError(error, target);
    });
  const run = async <Row extends QueryResultRow>(
    client: PoolClient,
    text: string,
    values: readonly unknown[] = [],
  ): Promise<Row[]> => {
    try {
      return await traced(
        () => querySpan(target, text),
        async () => rowsOf(await client.query<Row>(text, [...values])),
      );
    } catch (error) {
      const known = classifyPostgresError(error, target);
      if (endsTrust.has(known.code)) pool.distrust(client);
      throw known;
    }
  };
  /** Closing the connection rolls back, even when the server no longer answers. */
  const lent = async <T>(work: (client: PoolClient) => Promise<T>): Promise<T> => {
    const client = await lend();
    try {
      const result = await work(client);
      client.release();
      return result;
    } catch (error) {
      client.release(true);
      throw error;
    }
  };
  return {
    target,
    query: async (text, values) => await lent(async (client) => await run(client, text, values)),
    transaction: async (work) =>
      await lent(async (client) => {
        const transaction: Queryable = { query: async (text, values) => await run(client, text, values) };
        await transaction.query('begin');
        const result = await work(transaction);
        await transaction.query('commit');
        return result;
      }),
    close: async () => {
      await pool.end();
    },
  };
}

/** Several statements in one text give a list of results. */
function rowsOf<Row extends QueryResultRow>(result: QueryResult<Row> | QueryResult<Row>[]): Row[] {
  return Array.isArray(result) ? result.flatMap(({ rows }) => rows) : result.rows;
}

/** The SQLSTATE behind an error of `Database`; undefined when the server never gave one. */
export function sqlStateOf(error: unknown): string | undefined {
  const state = error instanceof AppError ? error.details['sqlState'] : codeOf(error);
  return typeof state === 'string' ? state : undefined;
}
