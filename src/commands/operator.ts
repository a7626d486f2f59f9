import { userInfo } from 'node:os';
import { readSettings } from '../settings/index.ts';
import type { CommandContext } from './command.ts';

/** OPERATOR, else the account on this machine: one of the two is who typed the command. */
export function operatorOf(context: Pick<CommandContext, 'environment'>): string {
  return readSettings(context.environment, ['OPERATOR']).OPERATOR ?? accountName();
}

function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a user id that has no name.
    return 'unknown';
  }
}
