#!/usr/bin/env node
import { enableCompileCache } from 'node:module';

// Before anything else is loaded: compiled code is kept between runs, which halves the time of a short command.
enableCompileCache();
const { runCommandLine } = await import('./commands/run.ts');
const { readEnvironment } = await import('./settings/environment.ts');

process.exitCode = await runCommandLine({
  argv: process.argv.slice(2),
  environment: readEnvironment(),
  stdout: process.stdout,
  stderr: process.stderr,
  openStdin: () => process.stdin,
  cwd: process.cwd(),
});
