import { resolve } from 'node:path';
import { databaseNames } from '../contract/index.ts';
import { stackMigratorCommand } from '../embedded/stack-migrator-command.ts';
import { readSettings } from '../settings/index.ts';
import type { CommandContext } from './command.ts';

/**
 * How the migrator is started here, for the commands that are shown. The setting says it, compose by default; with no
 * database URL at all the running embedded stack is meant, and `npx plimsoll migrator` is what reaches that.
 */
export function migratorCommandOf({ environment, cwd }: Pick<CommandContext, 'environment' | 'cwd'>): string {
  const { MIGRATOR_COMMAND, DATA_DIR } = readSettings(environment, ['MIGRATOR_COMMAND', 'DATA_DIR']);
  const isSet = (name: string): boolean => (environment[name] ?? '') !== '';
  const urls = databaseNames.map((name) => `${name.toUpperCase()}_DATABASE_URL`);
  const namesDatabases = urls.some((name) => isSet(name) || isSet(`${name}_FILE`));
  if (namesDatabases || isSet('MIGRATOR_COMMAND')) return MIGRATOR_COMMAND;
  return stackMigratorCommand(isSet('DATA_DIR') ? resolve(cwd, DATA_DIR) : undefined);
}
