export { embeddedErrorTable } from './errors.ts';
export { launchPostgres, provisionDatabases, type RolePasswords, type RunningPostgres } from './postgres/index.ts';
