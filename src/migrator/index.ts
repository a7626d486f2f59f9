export { defaultPatience, runMigrator, type MigratorOptions, type MigratorReport } from './run.ts';
export type { DatabaseReport } from './run-database.ts';
export type { MigratorEvent } from './events.ts';
export type { MigrationObserver } from './attempt.ts';
export { compareCatalogs, readDrift, type DriftDifference, type DriftReading } from './drift.ts';
export { readFingerprint } from './fingerprint.ts';
export { ledgerChannel } from './records.ts';
export { assessSchema, type SchemaFacts } from './assess.ts';
export { unreadSchema, type UnreadSchema } from './unread.ts';
export {
  runRepair,
  type RepairFinding,
  type RepairOptions,
  type RepairReport,
  type RepairedDatabase,
} from './repair.ts';
export { describeHolder, lockHolderSql } from './lock.ts';
export { surveyDatabases, type Surveyed } from './survey.ts';
export { readDefinitions } from './definitions.ts';
export { scanSql, type SqlStatement } from './sql-scanner.ts';
export { numberOf } from './files.ts';
export { requireMigrations } from './required.ts';
export { migratorErrorTable } from './errors.ts';
export { majorOf, readLedger, readLedgerAnd, type Queryable } from './ledger.ts';
export { ledgerGrantsSql, ledgerSchemaSql } from './ledger-schema.ts';
export { grantHint } from './rights.ts';
export { migratorCommand } from './remedies.ts';
export type { Definitions, LedgerReading, LedgerRow, MigrationDefinition, SchemaAssessment } from './types.ts';
