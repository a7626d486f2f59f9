import { parseArgs } from 'node:util';
import { AppError, messageOf } from '../base/index.ts';
import type { Environment } from '../settings/index.ts';
import { parseArgsOptions, type Command, type Output } from './command.ts';
import { commandHelp } from './command-help.ts';
import { commandError } from './errors.ts';

export interface CommandLine {
  readonly argv: readonly string[];
  readonly environment: Environment;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly openStdin?: () => NodeJS.ReadableStream;
  readonly cwd: string;
}

/** Runs one command, whose words are `name`, with the arguments of the line; `--help` explains it instead. */
export async function runCommand(command: Command, name: string, line: CommandLine): Promise<number> {
  const { values, positionals } = parseOptions(command, name, line.argv);
  if (values['help'] === true) {
    line.stdout.write(commandHelp(name, command));
    return 0;
  }
  checkPositionals(command, name, positionals);
  return await command.run({ ...line, options: values, positionals });
}

/** Ends an error that nobody caught: as text on stderr, or as JSON on stdout when that was asked for. Gives the exit code. */
export function reportError(error: unknown, line: CommandLine, worded = (hint: string): string => hint): number {
  const known = error instanceof AppError ? error : undefined;
  if (line.argv.includes('--json')) {
    line.stdout.write(
      `${JSON.stringify({ error: { code: known?.code ?? 'internal', message: messageOf(error), remedy: known === undefined ? '' : worded(known.hint) } }, null, 2)}\n`,
    );
    return known?.exitCode ?? 1;
  }
  line.stderr.write(`plimsoll: ${messageOf(error)}${known ? ` [${known.code}]\n  → ${worded(known.hint)}` : ''}\n`);
  if (known === undefined && error instanceof Error) line.stderr.write(`${error.stack ?? ''}\n`);
  return known?.exitCode ?? 1;
}

function parseOptions(command: Command, name: string, args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: parseArgsOptions(command), allowPositionals: true, strict: true }) as {
      values: Record<string, string | boolean | undefined>;
      positionals: string[];
    };
  } catch (error) {
    throw commandError('usage', {
      message: messageOf(error).replace(/\. To specify.*$/, ''),
      hint: `Run \`plimsoll ${name} --help\` to see what it takes.`,
    });
  }
}

function checkPositionals(command: Command, name: string, given: readonly string[]): void {
  const wanted = command.positionals ?? [];
  const most = wanted.length + (command.optionalPositionals ?? []).length;
  if (given.length >= wanted.length && given.length <= most) return;
  const found =
    given.length < wanted.length ? `missing ${wanted[given.length]?.toUpperCase()}` : `unexpected "${given[most]}"`;
  throw commandError('usage', {
    message: `plimsoll ${name}: ${found}`,
    hint: `Run \`plimsoll ${name} --help\` to see what it takes.`,
  });
}
