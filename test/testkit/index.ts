export {
  createTestDatabases,
  queryServer,
  serverUrl,
  type DatabaseTemplate,
  type TestDatabase,
  type TestDatabaseOptions,
  type TestDatabases,
  type TestRole,
} from './databases.ts';
export { startOwnCluster, type OwnCluster } from './own-cluster.ts';
export { waitFor, type WaitForOptions } from './wait-for.ts';
export { manualClock, type ManualClock } from './manual-clock.ts';
export { hangingServer, type HangingServer } from './hanging-server.ts';
export { scriptedBackupService, type BackupCall, type ScriptedBackupService } from './scripted-backup-service.ts';
export { startPostgresProxy, type PostgresProxy } from './postgres-proxy.ts';
export { startPgBouncer, type PgBouncer, type PoolMode } from './pgbouncer.ts';
export {
  agedCluster,
  serverKinds,
  standbyOf,
  startPair,
  urlOfSeveral,
  type MakeCluster,
  type ServerKind,
  type TestServer,
} from './postgres-servers.ts';
export { smallDisk, type SmallDisk } from './small-disk.ts';
export { startChild, testUsers, type ChildOptions, type TestChild, type TestUser } from './child.ts';
export { scratchFolder, type ScratchFolder } from './scratch-folder.ts';
export { createMigrationsFolder, type MigrationsFolder, type MigrationFiles } from './migrations-folder.ts';
export { createTestFleet, tcpFinding, type Outcome, type TestFleet, type TestScanner } from './test-fleet.ts';
export { sampleDumps, sampleManifest, writeSampleBundle, type SampleBundle } from './bundles.ts';
export { takeBundle, testEngines, testTarget, type TakeOptions } from './take-bundle.ts';
export { bundlePopulated } from './populated-bundle.ts';
export { fillDeployment, populated } from './populated.ts';
export { startS3Server, type TestS3Server } from './s3-server.ts';
