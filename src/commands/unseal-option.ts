import { resolve } from 'node:path';
import { readIdentities, unsealWith } from '../backups/index.ts';
import { textOption, type CommandContext, type OptionSpec } from './command.ts';

/** The key of a bundle that is encrypted. */
export const identityOption = {
  identity: { type: 'string', value: 'FILE', help: 'The age key file that opens an encrypted bundle.' },
} as const satisfies Record<string, OptionSpec>;

/** What opens an encrypted bundle; undefined when no key was named. Throws when the file holds none. */
export async function readUnseal(context: CommandContext): Promise<ReturnType<typeof unsealWith> | undefined> {
  const path = textOption(context, 'identity');
  return path === undefined ? undefined : unsealWith(await readIdentities(resolve(context.cwd, path)));
}
