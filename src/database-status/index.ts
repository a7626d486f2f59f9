export {
  createDatabaseStatus,
  type DatabaseStatusOptions,
  type DatabaseStatusService,
  type DatabaseStatusSource,
} from './status.ts';
export { thresholds } from './thresholds.ts';
export { clientBackendSql, slotLimitsSql } from './sections/connections.ts';
export { readWaiting } from './sections/locks.ts';
export { isHidden, readSlots, readStandbys } from './sections/replication.ts';
export { readOpenTransactions, readPrepared } from './sections/sessions.ts';
export { readVacuumWorkers } from './sections/vacuum.ts';
export { readAges } from './sections/wraparound.ts';
