export { postgresErrorTable } from './errors.ts';
export { codeOf, sqlState } from './sqlstate.ts';
export { classifyPostgresError, type DatabaseTarget } from './classify.ts';
export {
  connect,
  createPool,
  disconnect,
  targetOf,
  type ConnectionSpec,
  type PostgresClient,
  type PostgresPool,
} from './connection.ts';
export { openDatabase, sqlStateOf, type Database, type DatabaseSpec, type Queryable } from './database.ts';
export {
  dropScratch,
  holdScratch,
  proveScratch,
  rehearsalScratch,
  scratchName,
  straysSql,
  sweepScratch,
  type RunSql,
  type ScratchKind,
} from './scratch.ts';
export { psqlCommand } from './psql-command.ts';
