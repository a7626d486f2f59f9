import { wordForDeployment, type AppError } from '../base/index.ts';
import { commandError } from './errors.ts';
import { aliases, registry } from './registry.ts';
import { reportError, runCommand, type CommandLine } from './run-command.ts';
import { runTracedIfAsked } from './traced-if-asked.ts';

export type { CommandLine } from './run-command.ts';

/** Runs one command line and gives its exit code; every error ends here, as text on stderr or JSON on stdout. */
export async function runCommandLine(line: CommandLine): Promise<number> {
  try {
    return await dispatch(line);
  } catch (error) {
    return reportError(error, line, await hintFor(line));
  }
}

/** How a hint is to be typed here; as it is when the settings that say so are what is wrong. */
async function hintFor(line: CommandLine): Promise<(hint: string) => string> {
  try {
    const { migratorCommandOf } = await import('./migrator-command.ts');
    const command = migratorCommandOf(line);
    return (hint) => wordForDeployment(hint, command);
  } catch {
    return (hint) => hint;
  }
}

async function dispatch(line: CommandLine): Promise<number> {
  const words = leadingWords(line.argv);
  const found = findCommand(words);
  if (found === undefined) return await showHelp(line, words);
  const entry = registry[found.name];
  if (entry === undefined) throw unknownCommand(words);
  const command = await entry.load();
  const run = async () => await runCommand(command, found.name, { ...line, argv: line.argv.slice(found.typed) });
  return await runTracedIfAsked(found.name, line, run);
}

function leadingWords(argv: readonly string[]): string[] {
  const end = argv.findIndex((word) => word.startsWith('-'));
  return argv.slice(0, end === -1 ? undefined : end);
}

/** A command, and how many words of the line were its name: an alias may be shorter than what it stands for. */
interface Found {
  readonly name: string;
  readonly typed: number;
}

const mostWords = 3;

/** The longest name or alias the words begin with; undefined when help is wanted. */
function findCommand(words: readonly string[]): Found | undefined {
  const [one] = words;
  if (one === undefined || one === 'help') return undefined;
  for (let typed = Math.min(mostWords, words.length); typed > 0; typed -= 1) {
    const name = nameOf(words.slice(0, typed).join(' '), words.length);
    if (name !== undefined) return { name, typed };
  }
  if (words.length === 1 && Object.keys(registry).some((name) => name.startsWith(`${one} `))) return undefined;
  throw unknownCommand(words);
}

/** One word that stands for others is the whole line: with another word behind it, that one was mistyped. */
function nameOf(typed: string, lineWords: number): string | undefined {
  if (Object.hasOwn(registry, typed)) return typed;
  if (!Object.hasOwn(aliases, typed)) return undefined;
  return typed.includes(' ') || lineWords === 1 ? aliases[typed] : undefined;
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
