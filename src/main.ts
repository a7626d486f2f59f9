#!/usr/bin/env node
import { runCommandLine } from './commands/run.ts';
import { readEnvironment } from './settings/environment.ts';

process.exitCode = await runCommandLine({
  argv: process.argv.slice(2),
  environment: readEnvironment(),
  stdout: process.stdout,
  stderr: process.stderr,
  cwd: process.cwd(),
});
