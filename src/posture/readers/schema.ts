import type { Secret } from '../../base/index.ts';
import type { DatabaseName, Maintenance, MigrationRecord } from '../../contract/index.ts';
import {
  assessSchema,
  ledgerChannel,
  majorOf,
  readLedger,
  readLedgerAnd,
  type LedgerReading,
  type MigrationDefinition,
  type SchemaAssessment,
} from '../../migrator/index.ts';
import type { HorizonDatabase } from '../../preflight/index.ts';
import { classifyPostgresError, targetOf } from '../../postgres/index.ts';
import { attempt, type Outcome, type ReadTerms } from '../outcome.ts';
import { keepConnection } from './kept-connection.ts';
import { historyOf } from './history.ts';
import { maintenanceSql, toMaintenance } from './maintenance.ts';

/** What one reading of a ledger tells. */
export interface SchemaReading {
  readonly assessment: SchemaAssessment;
  /** Newest first. */
  readonly history: readonly MigrationRecord[];
  /** What is applied and what this release would still apply, as far as the way back is concerned. */
  readonly horizon: HorizonDatabase;
  /** The same text as long as the ledger and the lock are the same. */
  readonly ledgerKey: string;
  /** Of the server, for example 18. */
  readonly postgresMajor: number;
  /** Of the config database alone: the record that keeps the gate closed. */
  readonly maintenance: Maintenance | null;
}

export interface SchemaReaderOptions {
  readonly database: DatabaseName;
  readonly url: Secret;
  readonly required: number;
  readonly definitions: readonly MigrationDefinition[];
  /** Of this release. */
  readonly appVersion: string;
  readonly migratorCommand: string;
  readonly terms: ReadTerms;
  /** Called when the database says that its ledger has changed, and when its connection breaks. */
  readonly onEvent: () => void;
}

export interface SchemaReader {
  read(): Promise<Outcome<SchemaReading>>;
  close(): Promise<void>;
}

/** Reads the ledger of one database, over a connection that also listens for the end of a migration. */
export function openSchemaReader(options: SchemaReaderOptions): SchemaReader {
  const { database, url, terms, onEvent } = options;
  const spec = { name: database, url, applicationName: 'plimsoll-posture', connectTimeoutMs: terms.deadlineMs };
  const target = targetOf(spec);
  // `statement_timeout` ends on the server what the deadline ends here: a backend that waits for a lock does not notice
  // that its client has left, and one more would pile up with every reading.
  const setUpSql = `set statement_timeout = ${terms.deadlineMs}; listen ${ledgerChannel}`;
  const connection = keepConnection({ ...spec, clock: terms.clock, setUpSql, onEvent });
  const readOnce = async (): Promise<Outcome<SchemaReading>> =>
    await attempt({
      terms,
      work: async (signal) => {
        return await connection.run(async (client) => {
          if (database !== 'config')
            return { ...interpret(await readLedger(client, target), options), maintenance: null };
          // In one round trip: whoever can say what is applied can also say whether somebody is at work on it.
          const { reading, rows } = await readLedgerAnd(client, target, maintenanceSql);
          return { ...interpret(reading, options), maintenance: toMaintenance(rows) };
        }, signal);
      },
      explain: (error) => classifyPostgresError(error, target),
    });
  let wasRead = true;
  return {
    read: async () => {
      const first = await readOnce();
      // A server that was busy for a second has not gone away, and the whole product would be switched off with this
      // answer: it is asked again, on a fresh connection, and is unknown when it is silent twice.
      const outcome = wasRead && isTimeout(first) ? await readOnce() : first;
      wasRead = 'value' in outcome;
      return outcome;
    },
    close: async () => await connection.close(),
  };
}

function isTimeout(outcome: Outcome<unknown>): boolean {
  return 'error' in outcome && outcome.error.code === 'database_timeout';
}

function interpret(ledger: LedgerReading, options: SchemaReaderOptions): Omit<SchemaReading, 'maintenance'> {
  const { database, required, definitions, migratorCommand } = options;
  const assessment = assessSchema({ database, required, definitions, ledger, migratorCommand });
  const rows = ledger.rows.map(({ version, finishedAt }) => `${version}@${finishedAt?.getTime() ?? 'open'}`);
  return {
    assessment,
    history: historyOf(database, ledger.rows),
    horizon: horizonOf(ledger, assessment, options),
    ledgerKey: [...rows, ledger.lockHeld ? 'locked' : 'free'].join(' '),
    postgresMajor: majorOf(ledger),
  };
}

function horizonOf(
  { rows }: LedgerReading,
  { pending }: SchemaAssessment,
  { definitions, appVersion }: SchemaReaderOptions,
): HorizonDatabase {
  const versions = new Set(pending.map(({ version }) => version));
  return {
    applied: rows.filter(({ finishedAt }) => finishedAt !== null),
    pending: definitions
      .filter(({ version }) => versions.has(version))
      .map(({ version, name, oldestCompatible }) => ({ version, name, oldestCompatible, appVersion })),
  };
}
