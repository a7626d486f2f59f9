export { embeddedErrorTable, embeddedError } from './errors.ts';
export { launchPostgres, provisionDatabases, type RolePasswords, type RunningPostgres } from './postgres/index.ts';
export { migrateDatabases } from './migrate.ts';
export { startStack, type RunningStack, type StackOptions } from './stack.ts';
export { stackMigratorCommand } from './stack-migrator-command.ts';
export { watchNpm } from './parent-watch.ts';
