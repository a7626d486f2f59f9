export { launchPostgres, type RunningPostgres } from './launch.ts';
export { provisionDatabases, type RolePasswords } from './provision.ts';
export { chooseAccount, type Account } from './account.ts';
export { homeError } from './home.ts';
export { runAs } from './run-as.ts';
export type { Leftover } from './postmaster.ts';
