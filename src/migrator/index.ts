export { assessSchema, type SchemaFacts } from './assess.ts';
export { readDefinitions } from './definitions.ts';
export { migratorErrorTable } from './errors.ts';
export { readLedger, type Queryable } from './ledger.ts';
export { ledgerSchemaSql } from './ledger-schema.ts';
export { migratorCommand } from './remedies.ts';
export type { Definitions, LedgerReading, LedgerRow, MigrationDefinition, SchemaAssessment } from './types.ts';
