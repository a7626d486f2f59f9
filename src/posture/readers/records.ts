import type { Secret } from '../../base/index.ts';
import type { DatabaseName } from '../../contract/index.ts';
import { classifyPostgresError, targetOf, type PostgresClient } from '../../postgres/index.ts';
import { attempt, type Outcome, type ReadTerms } from '../outcome.ts';
import { keepConnection } from './kept-connection.ts';

/** What one part of the records is read through. */
export interface Records {
  read<T>(work: (client: PostgresClient) => Promise<T>): Promise<Outcome<T>>;
  close(): Promise<void>;
}

export interface RecordsOptions {
  readonly name: DatabaseName;
  readonly url: Secret;
  readonly applicationName: string;
  readonly terms: ReadTerms;
}

/** A connection for one part of the records, so that a slow part delays no other. Connects when first read. */
export function openRecords({ terms, ...target }: RecordsOptions): Records {
  const spec = { ...target, connectTimeoutMs: terms.deadlineMs };
  const setUpSql = `set statement_timeout = ${terms.deadlineMs}`;
  const connection = keepConnection({ ...spec, clock: terms.clock, setUpSql });
  return {
    read: async (work) =>
      await attempt({
        terms,
        work: async (signal) => await connection.run(work, signal),
        explain: (error) => classifyPostgresError(error, targetOf(spec)),
      }),
    close: async () => await connection.close(),
  };
}
