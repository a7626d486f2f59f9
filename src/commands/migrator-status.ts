import {
  assessSchema,
  majorOf,
  migratorCommand,
  readDefinitions,
  readLedger,
  requireMigrations,
  surveyDatabases,
  unreadSchema,
  type SchemaAssessment,
  type UnreadSchema,
} from '../migrator/index.ts';
import type { DatabaseName } from '../contract/index.ts';
import { jsonOption, type Command, type CommandContext } from './command.ts';
import { chosenDatabases, databaseOption, readMigratorInputs, type MigratorInputs } from './migrator-inputs.ts';
import { alignColumns, markOf, paint, writeJson, type Tone } from './terminal.ts';

type DatabaseStatus = (SchemaAssessment | UnreadSchema) & {
  readonly name: DatabaseName;
  /** The server's major version; null if it was not read. */
  readonly postgres: {
    readonly major: number;
    readonly min: number;
    readonly max: number;
    readonly accepted: boolean;
  } | null;
  readonly error: { readonly code: string; readonly message: string; readonly remedy: string } | null;
};

/** `plimsoll migrator status`: applied against required, of each database. */
export const command: Command = {
  summary: 'Show what is applied to each database against what this release requires.',
  options: { ...databaseOption, ...jsonOption },
  exitCodes: { 0: 'all ok', 2: 'a database could not be read', 3: 'a database is behind or ahead, or has a problem' },
  run: async (context) => {
    const inputs = await readMigratorInputs(context);
    const databases = await readStatuses(inputs);
    if (context.options['json'] === true) writeJson(context.stdout, { databases });
    else context.stdout.write(render(context, databases, inputs.migratorCommand));
    // An unread database weighs most: it makes the answer incomplete.
    if (databases.some(({ status }) => status === 'unknown')) return 2;
    return databases.every(isWell) ? 0 : 3;
  },
};

async function readStatuses(inputs: MigratorInputs): Promise<DatabaseStatus[]> {
  const definitions = await readDefinitions(inputs.migrationsDir);
  requireMigrations(inputs.manifest, definitions, chosenDatabases(inputs));
  const surveyed = await surveyDatabases(
    chosenDatabases(inputs),
    inputs.urls,
    async ({ client, target }) => await readLedger(client, target),
  );
  return surveyed.map(({ name, value, error }) => {
    const required = inputs.manifest.databases[name].schemaVersion;
    if (error !== undefined) {
      const { code, message, hint } = error;
      return Object.assign({ name, postgres: null, error: { code, message, remedy: hint } }, unreadSchema(required));
    }
    const facts = { database: name, required, definitions: definitions[name], ledger: value };
    const assessment = assessSchema({ ...facts, migratorCommand: inputs.migratorCommand });
    const major = majorOf(value);
    const { min, max } = inputs.manifest.postgres;
    const postgres = { major, min, max, accepted: major >= min && major <= max };
    return Object.assign({ name, postgres, error: null }, assessment);
  });
}

function isWell({ status, problems, postgres }: DatabaseStatus): boolean {
  return status === 'ok' && problems.length === 0 && postgres?.accepted === true;
}

function render({ stdout }: CommandContext, databases: readonly DatabaseStatus[], base: string | undefined): string {
  const rows = alignColumns(databases.map((database) => [database.name, database.status, sentenceOf(database)]));
  const lines = databases.flatMap((database, index) => [
    `${markOf(stdout, toneOf(database))} ${rows[index] ?? ''}`,
    ...database.pending.map(({ version, name }) => `    pending ${String(version).padStart(4, '0')}_${name}`),
    ...database.problems.map(({ code, message }) => `    ${code}: ${message}`),
    ...postgresNote(database),
    ...remediesOf(database, base).map((remedy) => `    ${paint(stdout, 'attention', `→ ${remedy}`)}`),
  ]);
  return `${lines.join('\n')}\n`;
}

function postgresNote({ name, postgres }: DatabaseStatus): string[] {
  if (postgres === null || postgres.accepted) return [];
  const { major, min, max } = postgres;
  return [`    postgres_unsupported: ${name} runs on Postgres ${major}, this release accepts ${min} to ${max}`];
}

function toneOf(database: DatabaseStatus): Tone {
  if (isWell(database)) return 'good';
  return database.status === 'behind' && database.problems.length === 0 ? 'attention' : 'bad';
}

function sentenceOf({ status, current, required, error, migrating, aheadAllowed }: DatabaseStatus): string {
  if (error !== null) return `${error.message} [${error.code}]`;
  const running = migrating ? '; a migrator is at work' : '';
  if (status === 'ok') return `at ${required}${running}`;
  if (status === 'behind') return `at ${current}, release requires ${required}${running}`;
  const consequence = aheadAllowed === true ? 'may still run on it' : 'must not run on it';
  return `at ${current}, newer than the ${required} this release requires; it ${consequence}${running}`;
}

/** What to type, for whatever is not ok; a database that is being migrated needs no more than patience. */
function remediesOf(database: DatabaseStatus, base: string | undefined): string[] {
  const { status, name, error, problems, migrating } = database;
  if (error !== null) return [error.remedy];
  if (problems.length > 0) return [...new Set(problems.map(({ remedy }) => remedy))];
  if (status === 'behind' && !migrating) return [migratorCommand(undefined, undefined, base)];
  return status === 'ahead' ? [migratorCommand('history', name, base)] : [];
}
