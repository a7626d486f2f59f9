export { createBackupClient, type BackupClient } from './client.ts';
export { explainFailure, type BackupServiceAddress } from './answers.ts';
export { backupProblemTable } from './problem-table.ts';
export { handCommands } from '../by-hand.ts';
