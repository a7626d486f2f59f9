import type { DatabaseName } from '../contract/index.ts';
import { numberOf, readLedger, surveyDatabases, type LedgerRow, type Surveyed } from '../migrator/index.ts';
import { jsonOption, type Command, type CommandContext } from './command.ts';
import { chosenDatabases, databaseOption, readMigratorInputs } from './migrator-inputs.ts';
import { alignColumns, markOf, paint, writeJson } from './terminal.ts';

type Applied = LedgerRow & { readonly database: DatabaseName };

/** `plimsoll migrator history`: the ledgers, newest first. */
export const command: Command = {
  summary: 'Show which migrations were applied, newest first: when, by whom, how long they took, from which build.',
  options: { ...databaseOption, ...jsonOption },
  exitCodes: { 0: 'read', 2: 'a database could not be read' },
  run: async (context) => {
    const inputs = await readMigratorInputs(context);
    const surveyed = await surveyDatabases(chosenDatabases(inputs), inputs.urls, async ({ client, target }) => {
      return (await readLedger(client, target)).rows;
    });
    const rows = newestFirst(surveyed);
    if (context.options['json'] === true) writeJson(context.stdout, toJson(rows, surveyed));
    else context.stdout.write(render(context, rows, surveyed));
    return surveyed.some(({ error }) => error !== undefined) ? 2 : 0;
  },
};

function newestFirst(surveyed: readonly Surveyed<readonly LedgerRow[]>[]): Applied[] {
  return surveyed
    .flatMap(({ name, value }) => (value ?? []).map((row) => Object.assign({ database: name }, row)))
    .sort((left, right) => right.startedAt.getTime() - left.startedAt.getTime() || right.version - left.version);
}

function durationOf({ startedAt, finishedAt }: LedgerRow): number | null {
  return finishedAt === null ? null : finishedAt.getTime() - startedAt.getTime();
}

function toJson(rows: readonly Applied[], surveyed: readonly Surveyed<unknown>[]) {
  return {
    migrations: rows.map(({ finishedAt, ...row }) => ({
      ...row,
      appliedAt: finishedAt,
      durationMs: durationOf({ ...row, finishedAt }),
    })),
    errors: surveyed.flatMap(({ name, error }) =>
      error === undefined ? [] : [{ database: name, code: error.code, message: error.message, remedy: error.hint }],
    ),
  };
}

function render({ stdout }: CommandContext, rows: readonly Applied[], surveyed: readonly Surveyed<unknown>[]): string {
  const table = alignColumns(
    rows.map((row) => [
      row.startedAt.toISOString().slice(0, 19).replace('T', ' '),
      row.database,
      `${numberOf(row.version)}_${row.name}`,
      row.finishedAt === null ? 'not finished' : `${durationOf(row)} ms`,
      `${row.appliedBy}${row.appliedBySource === 'role' ? ' (role)' : ''}`,
      `${row.appVersion} (${row.imageSha})`,
      `run ${row.runId.slice(0, 8)}`,
    ]),
  );
  const errors = surveyed.flatMap(({ name, error }) =>
    error === undefined
      ? []
      : [
          `${markOf(stdout, 'bad')} ${name}  ${error.message} [${error.code}]`,
          `    ${paint(stdout, 'attention', `→ ${error.hint}`)}`,
        ],
  );
  const lines = table.length + errors.length === 0 ? ['No migration was ever applied.'] : [...table, ...errors];
  return `${lines.join('\n')}\n`;
}
