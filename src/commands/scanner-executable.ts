import release from '../../release.json' with { type: 'json' };
import { readEnvironment } from '../settings/index.ts';
import { reportError, runCommand, type CommandLine } from './run-command.ts';
import { command } from './scanner.ts';
import { runTracedIfAsked } from './traced-if-asked.ts';

/** The entry of the self-contained executable `plimsoll-scanner`: the scanner command and nothing else. */
async function main(line: CommandLine): Promise<number> {
  if (line.argv.includes('--version')) {
    line.stdout.write(`plimsoll-scanner ${release.appVersion}\n`);
    return 0;
  }
  const usage = 'plimsoll-scanner [options]';
  const options = { ...command.options, version: { type: 'boolean', help: 'Show the version.' } } as const;
  try {
    const run = async () => await runCommand({ ...command, usage, options }, 'scanner', line);
    return await runTracedIfAsked('scanner', line, run);
  } catch (error) {
    return reportError(error, line);
  }
}

// No top-level await: single executables take CommonJS alone.
void main({
  argv: process.argv.slice(2),
  environment: readEnvironment(),
  stdout: process.stdout,
  stderr: process.stderr,
  cwd: process.cwd(),
}).then((code) => (process.exitCode = code));
