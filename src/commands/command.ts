import type { ParseArgsOptionsConfig } from 'node:util';
import type { Environment, SettingName } from '../settings/index.ts';

/** Where a command writes: stdout is the answer, stderr is progress and logs. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** All that a command may touch of its process. */
export interface CommandContext {
  readonly environment: Environment;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Opens the input in which an answer is typed; without it there is nobody to ask. */
  readonly openStdin?: () => NodeJS.ReadableStream;
  readonly cwd: string;
  /** Values of the declared options, by their long name. */
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
  readonly positionals: readonly string[];
}

export interface OptionSpec {
  readonly type: 'string' | 'boolean';
  readonly help: string;
  /** What stands for the value in the help, as in `--to N`. */
  readonly value?: string;
  readonly short?: string;
}

/** One command: what it is called, what it takes and what it does; `run` gives the exit code. */
export interface Command {
  readonly summary: string;
  readonly usage?: string;
  readonly options: Readonly<Record<string, OptionSpec>>;
  /** Names of the positional arguments, in order; all of them must be given. */
  readonly positionals?: readonly string[];
  /** Those that may follow. */
  readonly optionalPositionals?: readonly string[];
  /** The settings it reads, where its help lists them. */
  readonly settings?: readonly SettingName[];
  readonly exitCodes?: Readonly<Record<number, string>>;
  run(context: CommandContext): Promise<number>;
}

/** The declared options in the form node:util.parseArgs takes. */
export function parseArgsOptions(command: Command): ParseArgsOptionsConfig {
  return Object.fromEntries(
    Object.entries({ ...command.options, ...commonOptions }).map(([name, spec]) => [
      name,
      spec.short === undefined ? { type: spec.type } : { type: spec.type, short: spec.short },
    ]),
  );
}

export const commonOptions: Readonly<Record<string, OptionSpec>> = {
  help: { type: 'boolean', short: 'h', help: 'Show this help.' },
};

/** The option every reporting command has. */
export const jsonOption = {
  json: { type: 'boolean', help: 'Print the answer as JSON.' },
} as const satisfies Record<string, OptionSpec>;

/** The one positional argument of a command that takes one; `run.ts` has seen that it is there. */
export function positional(context: Pick<CommandContext, 'positionals'>): string {
  return context.positionals[0] ?? '';
}

/** The text given for an option; undefined when it was left out. */
export function textOption(context: Pick<CommandContext, 'options'>, name: string): string | undefined {
  const value = context.options[name];
  return typeof value === 'string' ? value : undefined;
}
