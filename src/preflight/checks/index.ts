import type { Check } from '../check.ts';
import { autovacuum } from './autovacuum.ts';
import { backupAge } from './backup-age.ts';
import { backupExists } from './backup-exists.ts';
import { backupProven } from './backup-proven.ts';
import { backupSchema } from './backup-schema.ts';
import { backupVerified } from './backup-verified.ts';
import { clockSkew } from './clock-skew.ts';
import { connectionSlots } from './connection-slots.ts';
import { databaseReachable } from './database-reachable.ts';
import { directConnection } from './direct-connection.ts';
import { freeSpace } from './free-space.ts';
import { fleetWindow } from './fleet-window.ts';
import { jobsInFlight } from './jobs-in-flight.ts';
import { ledgerClean } from './ledger-clean.ts';
import { lockWaits } from './lock-waits.ts';
import { longTransactions } from './long-transactions.ts';
import { manifestAgrees } from './manifest-agrees.ts';
import { migrationLint } from './migration-lint.ts';
import { pendingMigrations } from './pending-migrations.ts';
import { postgresVersion } from './postgres-version.ts';
import { preparedTransactions } from './prepared-transactions.ts';
import { queuedJobs } from './queued-jobs.ts';
import { rehearsal } from './rehearsal.ts';
import { replicationLag } from './replication-lag.ts';
import { replicationSlots } from './replication-slots.ts';
import { roleRights } from './role-rights.ts';
import { rollbackHorizon } from './rollback-horizon.ts';
import { schemaDrift } from './schema-drift.ts';
import { settingsValid } from './settings-valid.ts';
import { upgradePath } from './upgrade-path.ts';
import { wraparound } from './wraparound.ts';

/** Every check, in the order in which they are told: the release, the databases, what stands in the way, the way back, the fleet. */
export const checks: readonly Check[] = [
  manifestAgrees,
  settingsValid,
  databaseReachable,
  postgresVersion,
  directConnection,
  roleRights,
  ledgerClean,
  schemaDrift,
  upgradePath,
  pendingMigrations,
  migrationLint,
  rehearsal,
  freeSpace,
  longTransactions,
  lockWaits,
  preparedTransactions,
  autovacuum,
  replicationSlots,
  replicationLag,
  wraparound,
  connectionSlots,
  clockSkew,
  backupExists,
  backupAge,
  backupVerified,
  backupProven,
  backupSchema,
  rollbackHorizon,
  fleetWindow,
  queuedJobs,
  jobsInFlight,
];
