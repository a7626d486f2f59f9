import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, withDeadline } from '../src/base/index.ts';
import { scanSql } from '../src/migrator/index.ts';
import { foresee } from '../src/preflight/impact/foresee.ts';
import { leftOut, lintSql } from '../src/preflight/impact/lint.ts';
import { parseSql } from '../src/preflight/impact/parse.ts';
import { everyTable } from './corpus/every-table.ts';
import { readRuleTests } from './corpus/rust-tests.ts';

// Runs what preflight thinks of a migration over texts that others wrote; neither is part of this repository.
//   node scripts/lint-corpus.ts regress FOLDER   src/test/regress/sql of PostgreSQL (`apt-get source postgresql-18`)
//   node scripts/lint-corpus.ts squawk FOLDER    crates/squawk_linter/src/rules of github.com/sbdchd/squawk
const [mode, folder = ''] = process.argv.slice(2);
const faults: string[] = [];
const counts: Record<string, number> = {};

function count(what: string, by = 1): void {
  counts[what] = (counts[what] ?? 0) + by;
}

if (mode === 'regress') for (const file of filesOf('.sql')) await readFile(file);
else if (mode === 'squawk') for (const file of filesOf('.rs')) await lintFile(file);
else throw new Error('say regress or squawk, and a folder');
process.stdout.write(`${JSON.stringify(counts, null, 2)}\n${faults.map((fault) => `fault: ${fault}\n`).join('')}`);
process.exitCode = faults.length === 0 ? 0 : 1;

function filesOf(suffix: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith(suffix));
}

/** Each statement by itself, since psql's own commands are in between; then the whole file as it is. */
async function readFile(file: string): Promise<void> {
  const text = readFileSync(join(folder, file), 'utf8');
  const plain = withoutPsql(text);
  count('files');
  for (const { start, end } of scanSql(plain).statements) {
    count('statements');
    try {
      await judge(plain.slice(start, end));
    } catch (error) {
      faults.push(`${file}: ${messageOf(error)}: ${plain.slice(start, end).slice(0, 80)}`);
    }
  }
  await withDeadline(30_000, async () => {
    await parseSql(text);
    count('findings of squawk', (await lintSql(text, { transactional: true, postgresMajor: 18 })).length);
  }).catch((error: unknown) => faults.push(`${file}: ${messageOf(error)}`));
}

async function judge(sql: string): Promise<void> {
  const parsed = await parseSql(sql);
  if ('problem' in parsed) return count('refused by the parser, as they are by the server');
  for (const { node } of parsed.statements) {
    const { effects, unforeseen } = foresee(node, everyTable());
    if (unforeseen !== undefined) count('told as unforeseen');
    else count(effects.length > 0 ? 'foreseen' : 'told to touch no table');
  }
}

/** A text without what only psql reads: its commands, and rows of a COPY. */
function withoutPsql(text: string): string {
  return text
    .replaceAll(/^(copy\b[^;]*\bfrom stdin[^;]*;)[^\n]*\n[\s\S]*?^\\\.$/gim, '$1')
    .replaceAll(/\\[a-z;][^\n]*$/gim, ';');
}

/** What its authors expect squawk to find, and what it finds besides when it is run without our options. */
async function lintFile(file: string): Promise<void> {
  for (const { name, rule, sql, fires, ...terms } of readRuleTests(readFileSync(join(folder, file), 'utf8'))) {
    count('texts');
    const found = await lintSql(sql, { ...terms, postgresMajor: terms.postgresMajor ?? 18 });
    const isFound = found.some((finding) => finding.rule === rule);
    if (fires) count('rules that fire');
    if (fires && leftOut.has(rule)) count('rules that fire and are left out as taste');
    else if (isFound !== fires) faults.push(`${file} ${name}: ${rule} ${fires ? 'is not found' : 'is found'}`);
    else if (fires) count('rules that fire and are found');
  }
}
