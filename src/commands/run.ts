import { wordForDeployment, type AppError } from '../base/index.ts';
import { commandError } from './errors.ts';
import { aliases, registry } from './registry.ts';
import { reportError, runCommand, type CommandLine } from './run-command.ts';

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
  const name = findCommand(words);
  if (name === undefined) return await showHelp(line, words);
  const entry = registry[name];
  if (entry === undefined) throw unknownCommand(words);
  const command = await entry.load();
  // An alias stands for two words but was typed as one.
  const length = name.split(' ').length;
  const consumed = words.slice(0, length).join(' ') === name ? length : 1;
  return await runCommand(command, name, { ...line, argv: line.argv.slice(consumed) });
}

function leadingWords(argv: readonly string[]): string[] {
  const end = argv.findIndex((word) => word.startsWith('-'));
  return argv.slice(0, end === -1 ? undefined : end);
}

/** The longest registered name the words begin with; undefined when help is wanted. */
function findCommand(words: readonly string[]): string | undefined {
  const [three, two] = [3, 2].map((count) => words.slice(0, count).join(' '));
  const one = words[0];
  if (one === undefined || one === 'help') return undefined;
  if (words.length > 2 && three !== undefined && Object.hasOwn(registry, three)) return three;
  if (words.length > 1 && two !== undefined && Object.hasOwn(registry, two)) return two;
  if (Object.hasOwn(registry, one)) return one;
  if (words.length > 1) throw unknownCommand(words);
  if (Object.hasOwn(aliases, one)) return aliases[one];
  if (Object.keys(registry).some((name) => name.startsWith(`${one} `))) return undefined;
  throw unknownCommand(words);
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
