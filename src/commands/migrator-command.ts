import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { databaseNames } from '../contract/index.ts';
import { stackMigratorCommand } from '../embedded/stack-migrator-command.ts';
import { packageRoot } from '../manifest/index.ts';
import { migratorCommand } from '../migrator/index.ts';
import { readSettings } from '../settings/index.ts';
import type { CommandContext } from './command.ts';

/**
 * How the migrator is started here, for the commands that are shown. The setting says it; else an image is taken to be
 * run by compose, and a checkout has its own `npx plimsoll`. There, with no database URL at all, the running embedded
 * stack is meant, which is found by its data folder.
 */
export function migratorCommandOf(
  { environment, cwd }: Pick<CommandContext, 'environment' | 'cwd'>,
  root: string = packageRoot(),
): string {
  const { MIGRATOR_COMMAND, DATA_DIR } = readSettings(environment, ['MIGRATOR_COMMAND', 'DATA_DIR']);
  if (MIGRATOR_COMMAND !== undefined) return MIGRATOR_COMMAND;
  if (!isCheckout(root)) return migratorCommand();
  const isSet = (name: string): boolean => (environment[name] ?? '') !== '';
  const urls = databaseNames.map((name) => `${name.toUpperCase()}_DATABASE_URL`);
  const namesDatabases = urls.some((name) => isSet(name) || isSet(`${name}_FILE`));
  return stackMigratorCommand(!namesDatabases && isSet('DATA_DIR') ? resolve(cwd, DATA_DIR) : undefined);
}

/** An image ships bundles, no sources. */
function isCheckout(root: string): boolean {
  return existsSync(join(root, 'src/main.ts'));
}
