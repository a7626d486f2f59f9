export { postgresErrorTable } from './errors.ts';
export { codeOf, sqlState } from './sqlstate.ts';
export { classifyPostgresError, type DatabaseTarget } from './classify.ts';
export { connect, disconnect, hostReached, type PostgresClient } from './connection.ts';
export type { ConnectionSpec } from './reach.ts';
export { targetOf } from './target.ts';
export { openDatabase, sqlStateOf, type Database, type Queryable } from './database.ts';
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
