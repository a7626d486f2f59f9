import { parseArgs } from 'node:util';
import { AppError, messageOf } from '../base/index.ts';
import type { Environment } from '../settings/index.ts';
import { parseArgsOptions, type Command, type Output } from './command.ts';
import { commandError } from './errors.ts';
import { aliases, registry } from './registry.ts';

export interface CommandLine {
  readonly argv: readonly string[];
  readonly environment: Environment;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly openStdin?: () => NodeJS.ReadableStream;
  readonly cwd: string;
}

/** Runs one command line and gives its exit code; every error ends here, as text on stderr or JSON on stdout. */
export async function runCommandLine(line: CommandLine): Promise<number> {
  try {
    return await dispatch(line);
  } catch (error) {
    return report(error, line);
  }
}

async function dispatch(line: CommandLine): Promise<number> {
  const words = leadingWords(line.argv);
  const name = findCommand(words);
  if (name === undefined) return await showHelp(line, words);
  const entry = registry[name];
  if (entry === undefined) throw unknownCommand(words);
  const command = await entry.load();
  // An alias stands for two words but was typed as one.
  const consumed = name.includes(' ') && words.slice(0, 2).join(' ') === name ? 2 : 1;
  const { values, positionals } = parseOptions(command, name, line.argv.slice(consumed));
  if (values['help'] === true) return await showCommandHelp(line, name, command);
  checkPositionals(command, name, positionals);
  return await command.run({ ...line, options: values, positionals });
}

function leadingWords(argv: readonly string[]): string[] {
  const end = argv.findIndex((word) => word.startsWith('-'));
  return argv.slice(0, end === -1 ? undefined : end);
}

/** The longest registered name the words begin with; undefined when help is wanted. */
function findCommand(words: readonly string[]): string | undefined {
  const two = words.slice(0, 2).join(' ');
  const one = words[0];
  if (one === undefined || one === 'help') return undefined;
  if (words.length > 1 && Object.hasOwn(registry, two)) return two;
  if (Object.hasOwn(registry, one)) return one;
  if (words.length > 1) throw unknownCommand(words);
  if (Object.hasOwn(aliases, one)) return aliases[one];
  if (Object.keys(registry).some((name) => name.startsWith(`${one} `))) return undefined;
  throw unknownCommand(words);
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
  if (given.length === wanted.length) return;
  const found =
    given.length < wanted.length
      ? `missing ${wanted[given.length]?.toUpperCase()}`
      : `unexpected "${given[wanted.length]}"`;
  throw commandError('usage', {
    message: `plimsoll ${name}: ${found}`,
    hint: `Run \`plimsoll ${name} --help\` to see what it takes.`,
  });
}

function unknownCommand(words: readonly string[]): AppError {
  const typed = words.slice(0, 2).join(' ');
  return commandError('usage', {
    message: `there is no command "${typed}"`,
    hint: 'Run `plimsoll --help` to see them all.',
  });
}

async function showHelp(line: CommandLine, words: readonly string[]): Promise<number> {
  const { programHelp } = await import('./help.ts');
  line.stdout.write(programHelp(words[0] === 'help' ? words[1] : words[0]));
  return 0;
}

async function showCommandHelp(line: CommandLine, name: string, command: Command): Promise<number> {
  const { commandHelp } = await import('./help.ts');
  line.stdout.write(commandHelp(name, command));
  return 0;
}

function report(error: unknown, line: CommandLine): number {
  const known = error instanceof AppError ? error : undefined;
  if (line.argv.includes('--json')) {
    line.stdout.write(
      `${JSON.stringify({ error: { code: known?.code ?? 'internal', message: messageOf(error), remedy: known?.hint ?? '' } }, null, 2)}\n`,
    );
    return known?.exitCode ?? 1;
  }
  line.stderr.write(`plimsoll: ${messageOf(error)}${known ? ` [${known.code}]\n  → ${known.hint}` : ''}\n`);
  if (known === undefined && error instanceof Error) line.stderr.write(`${error.stack ?? ''}\n`);
  return known?.exitCode ?? 1;
}
