export { launchPostgres, type LaunchOptions, type RunningPostgres } from './launch.ts';
export { provisionDatabases, type RolePasswords } from './provision.ts';
