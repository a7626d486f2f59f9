import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { z } from 'zod';
import type { AppError } from '../../base/index.ts';
import { preflightError } from '../errors.ts';

/** One finding of squawk in one file. */
export interface LintFinding {
  readonly rule: string;
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

/** Rules of taste, and those that the migrator itself sees to: it sets both time-outs and runs a file in one transaction. */
export const leftOut: ReadonlySet<string> = new Set([
  'ban-char-field',
  'prefer-bigint-over-int',
  'prefer-bigint-over-smallint',
  'prefer-identity',
  'prefer-robust-stmts',
  'prefer-text-field',
  'prefer-timestamp-tz',
  'require-lock-timeout',
  'require-statement-timeout',
  'require-table-schema',
  'require-timeout-settings',
]);

const answerSchema = z.array(z.object({ rule_name: z.string(), line: z.int(), message: z.string() }));

export interface LintOptions {
  /** Whether the file runs in a transaction that the migrator opens. */
  readonly transactional: boolean;
  /** Of the server that it will run on. */
  readonly postgresMajor: number;
}

/** Lints SQL with squawk. Throws preflight_linter_missing where its program is not installed. */
export async function lintSql(sql: string, options: LintOptions): Promise<readonly LintFinding[]> {
  const args = ['--reporter', 'Json', '--pg-version', `${options.postgresMajor}.0`];
  if (options.transactional) args.push('--assume-in-transaction');
  const stdout = await run(findSquawk(), args, sql);
  const answer = answerSchema.safeParse(parseJson(stdout));
  if (!answer.success) throw missing(`it answered ${JSON.stringify(stdout.slice(0, 80))}`);
  return answer.data
    .filter(({ rule_name }) => !leftOut.has(rule_name))
    .map(({ rule_name: rule, line, message }) => ({ rule, line: line + 1, message }));
}

/** The program comes inside the npm package of its platform; nothing is downloaded. */
function findSquawk(): string {
  try {
    const own = createRequire(import.meta.url);
    const linter = createRequire(own.resolve('squawk-cli/package.json'));
    return linter.resolve(`@squawk-cli/${process.platform}-${process.arch}/bin/squawk`);
  } catch (error) {
    throw missing(`its package for ${process.platform}-${process.arch} is not installed`, error);
  }
}

async function run(program: string, args: readonly string[], input: string): Promise<string> {
  // Started in no project: a .squawk.toml beside the operator would leave out what it likes.
  const child = spawn(program, args, { cwd: '/', stdio: ['pipe', 'pipe', 'ignore'] });
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let stdout = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.on('error', (error) => reject(missing('it could not be started', error)));
  child.on('close', () => resolve(stdout));
  // A program that ends before it has read everything is told by its exit, not by the pipe.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  return await promise;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function missing(reason: string, cause?: unknown): AppError {
  return preflightError('preflight_linter_missing', {
    message: `squawk, which lints migrations, did not answer: ${reason}`,
    hint: 'Install with optional dependencies: `npm ci --include=optional`.',
    cause,
  });
}
