import { shellWord } from '../base/index.ts';

/**
 * How the migrator is started on an embedded stack, from another terminal in the folder of the checkout. The absolute
 * path of the data folder is given when the stack was told one; undefined means the default, which needs no word.
 */
export function stackMigratorCommand(dataDir: string | undefined): string {
  const command = 'npx plimsoll migrator';
  return dataDir === undefined ? command : `DATA_DIR=${shellWord(dataDir)} ${command}`;
}
