import { Secret, wordForDeployment, type AppError } from '../base/index.ts';
import type { CommandContext, OptionSpec } from './command.ts';
import { commandError } from './errors.ts';
import { migratorCommandOf } from './migrator-command.ts';

/** A password is never an argument: other users of the machine see those in the list of processes. */
export const passwordOption = {
  'password-stdin': { type: 'boolean', help: 'Read the password from standard input in place of asking.' },
} as const satisfies Record<string, OptionSpec>;

/** Standard input, which may be a terminal. */
type Input = NodeJS.ReadableStream & { readonly isTTY?: boolean; setRawMode?(on: boolean): unknown };

/** Whose password it is, and the words of the command that wants it, as a shell takes them. */
export interface PasswordUse {
  readonly username: string;
  readonly words: string;
}

/** The new password: from standard input with --password-stdin, else asked for twice without showing it. */
export async function readNewPassword(context: CommandContext, { username, words }: PasswordUse): Promise<Secret> {
  const input: Input | undefined = context.openStdin?.();
  if (input !== undefined && context.options['password-stdin'] === true) return await readAll(input);
  if (input?.isTTY !== true) throw missing(context, words);
  return await ask(input, context.stderr, username);
}

async function readAll(input: Input): Promise<Secret> {
  let text = '';
  for await (const chunk of input) text += chunk.toString();
  return new Secret(text.replace(/\r?\n$/, ''));
}

async function ask(input: Input, stderr: CommandContext['stderr'], username: string): Promise<Secret> {
  const prompts = [`New password for ${username}: `, 'The same again: '];
  const typed: string[] = [];
  input.setRawMode?.(true);
  try {
    stderr.write(prompts[0] ?? '');
    for await (const line of typedLines(input)) {
      typed.push(line);
      stderr.write('\n');
      if (typed.length === prompts.length) break;
      stderr.write(prompts[typed.length] ?? '');
    }
  } finally {
    input.setRawMode?.(false);
  }
  const [first, second] = typed;
  if (first === undefined || second === undefined) throw cancelled();
  if (first !== second) throw mismatch();
  return new Secret(first);
}

/** Lines as they are typed into a terminal in raw mode, which neither echoes nor edits by itself. */
async function* typedLines(input: Input): AsyncGenerator<string> {
  let line = '';
  for await (const chunk of input)
    for (const character of chunk.toString()) {
      if (character === '\u0003' || character === '\u0004') throw cancelled();
      if (character === '\r' || character === '\n') {
        yield line;
        line = '';
      } else if (character === '\u007F' || character === '\b') line = Array.from(line).slice(0, -1).join('');
      else line += character;
    }
}

function missing(context: CommandContext, words: string): AppError {
  const hint = `Run it in a terminal, or put the password into password.txt and run \`plimsoll ${words} --password-stdin < password.txt\`.`;
  return commandError('password_missing', {
    message: 'standard input is no terminal to ask for a password on, and --password-stdin was not given',
    hint: wordForDeployment(hint, migratorCommandOf(context)),
  });
}

function mismatch(): AppError {
  return commandError('password_mismatch', {
    message: 'the two passwords are not the same; nothing was changed',
    hint: 'Run the command again and type the same one twice.',
  });
}

function cancelled(): AppError {
  return commandError('cancelled', { message: 'cancelled; nothing was changed', hint: 'Run the command again.' });
}
