import { runMigrator, type DatabaseReport, type MigratorReport } from '../migrator/index.ts';
import { jsonOption, type Command, type CommandContext } from './command.ts';
import { commandError } from './errors.ts';
import { databaseOption, readMigratorInputs } from './migrator-inputs.ts';
import { showProgress } from './migrator-progress.ts';
import { alignColumns, markOf, paint, writeJson, type Tone } from './terminal.ts';

/** `plimsoll migrator`: brings the databases to the versions of the manifest. */
export const command: Command = {
  summary: 'Bring the databases to the versions that this release requires.',
  options: {
    ...databaseOption,
    to: { type: 'string', value: 'N', help: 'Stop at this version.' },
    'dry-run': { type: 'boolean', help: 'Say what would be applied, and change nothing.' },
    ...jsonOption,
  },
  exitCodes: { 0: 'done, or nothing to do', 1: 'could not run', 3: 'refused: changed, unrecognised, dirty or ahead' },
  run: async (context) => {
    const to = parseTo(context.options['to']);
    const inputs = await readMigratorInputs(context);
    const dryRun = context.options['dry-run'] === true;
    const report = await runMigrator({ ...inputs, to, dryRun, onEvent: showProgress(context.stderr) });
    if (context.options['json'] === true) writeJson(context.stdout, { dryRun, ...report });
    else context.stdout.write(render(context, report));
    return exitCodeOf(report);
  },
};

function parseTo(value: string | boolean | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string' && /^\d{1,4}$/.test(value)) return Number(value);
  throw commandError('usage', {
    message: `--to takes a migration number, found "${String(value)}"`,
    hint: 'Give a number such as 5: `plimsoll migrator --to 5`.',
  });
}

/** A database that could not be migrated makes the answer incomplete, which weighs more than a refusal. */
function exitCodeOf({ databases }: MigratorReport): number {
  if (databases.some(({ outcome }) => outcome === 'failed')) return 1;
  return databases.some(({ outcome }) => outcome === 'refused') ? 3 : 0;
}

const tones: Readonly<Record<DatabaseReport['outcome'], Tone>> = {
  'up-to-date': 'good',
  migrated: 'good',
  planned: 'attention',
  refused: 'bad',
  failed: 'bad',
};

function render({ stdout, stderr }: CommandContext, report: MigratorReport): string {
  const rows = alignColumns(
    report.databases.map((database) => [database.name, versionsOf(database), sentenceOf(database)]),
  );
  const lines = report.databases.flatMap((database, index) => [
    `${markOf(stdout, tones[database.outcome])} ${rows[index] ?? ''}`,
    ...detailsOf(database, stderr.isTTY !== true).map((line) => `    ${line}`),
    ...database.notes.map((note) => `    ${paint(stdout, 'attention', `! ${note}`)}`),
    ...(database.error === null ? [] : [`    ${paint(stdout, 'attention', `→ ${database.error.remedy}`)}`]),
  ]);
  if (report.split) lines.push(splitSentence(report));
  return `${lines.join('\n')}\n`;
}

function versionsOf({ from, current }: DatabaseReport): string {
  if (current === null) return 'unknown';
  return from === null || from === current ? `at ${current}` : `${from} → ${current}`;
}

function sentenceOf(database: DatabaseReport): string {
  const { outcome, applied, planned, required, current } = database;
  if (outcome === 'planned') return `would apply ${count(planned.length)}`;
  if (database.error !== null) return `${outcome}: ${database.error.message} [${database.error.code}]`;
  const rest = current !== null && current < required ? `, release requires ${required}` : '';
  const byAnother = database.from === current ? 'nothing to do' : 'another migrator did it';
  return (outcome === 'migrated' ? `applied ${count(applied.length)}` : byAnother) + rest;
}

/** The migrations one by one; on a terminal the progress has shown those that were applied. */
function detailsOf({ applied, planned }: DatabaseReport, withApplied: boolean): string[] {
  return alignColumns([
    ...(withApplied ? applied : []).map(({ version, name, durationMs }) => [
      String(version).padStart(4, '0'),
      name,
      `${durationMs} ms`,
    ]),
    ...planned.map(({ version, name }) => [String(version).padStart(4, '0'), name]),
  ]);
}

function count(migrations: number): string {
  return `${migrations} migration${migrations === 1 ? '' : 's'}`;
}

function splitSentence({ databases }: MigratorReport): string {
  const name = (wanted: (database: DatabaseReport) => boolean): string =>
    databases
      .filter(wanted)
      .map((database) => database.name)
      .join(' and ');
  const isStuck = ({ outcome }: DatabaseReport): boolean => outcome === 'failed' || outcome === 'refused';
  return `Split: ${name(({ applied }) => applied.length > 0)} moved on, ${name(isStuck)} did not. What was applied stays applied; mend the cause and run the migrator again.`;
}
