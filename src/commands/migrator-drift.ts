import { migratorCommand, readDrift, surveyDatabases, type DriftReading, type Surveyed } from '../migrator/index.ts';
import { jsonOption, type Command, type CommandContext } from './command.ts';
import { chosenDatabases, databaseOption, readMigratorInputs } from './migrator-inputs.ts';
import { markOf, paint, writeJson, type Tone } from './terminal.ts';

/** `plimsoll migrator drift`: the live schemas against those recorded after the last migration. */
export const command: Command = {
  summary: 'Compare each live schema with the one recorded after its last migration.',
  options: { ...databaseOption, ...jsonOption },
  exitCodes: { 0: 'no drift', 2: 'a database could not be checked', 3: 'drift' },
  run: async (context) => {
    const inputs = await readMigratorInputs(context);
    const surveyed = await surveyDatabases(
      chosenDatabases(inputs),
      inputs.urls,
      async ({ client, target }) => await readDrift(client, target),
    );
    if (context.options['json'] === true) writeJson(context.stdout, { databases: surveyed.map(toJson) });
    else
      context.stdout.write(
        `${surveyed.flatMap((database) => render(context, database, inputs.migratorCommand)).join('\n')}\n`,
      );
    if (surveyed.some(({ value }) => value === undefined || value.status === 'unrecorded')) return 2;
    return surveyed.some(({ value }) => value?.status === 'drift') ? 3 : 0;
  },
};

function toJson({ name, value, error }: Surveyed<DriftReading>) {
  if (error === undefined) return { name, differences: [], error: null, ...value };
  const { code, message, hint: remedy } = error;
  return { name, status: 'unknown', differences: [], error: { code, message, remedy } };
}

function render(
  { stdout }: CommandContext,
  { name, value, error }: Surveyed<DriftReading>,
  base: string | undefined,
): string[] {
  const line = (tone: Tone, text: string): string => `${markOf(stdout, tone)} ${name.padEnd(8)} ${text}`;
  const mend = (text: string): string => `    ${paint(stdout, 'attention', `→ ${text}`)}`;
  if (error !== undefined) return [line('bad', `unknown  ${error.message} [${error.code}]`), mend(error.hint)];
  if (value.status === 'unrecorded')
    return [line('attention', `cannot tell: ${value.reason}`), mend(migratorCommand(undefined, undefined, base))];
  if (value.status === 'none') return [line('good', `as recorded ${value.recordedAt.toISOString()}`)];
  const differences = value.differences.flatMap(({ change, object, recorded, live }) => [
    `    ${change} ${object}`,
    ...(recorded === null || recorded === '' ? [] : [`      recorded: ${recorded}`]),
    ...(live === null || live === '' ? [] : [`      live:     ${live}`]),
  ]);
  return [
    line(
      'bad',
      `drift: ${countOf(value.differences.length)} from what run ${value.runId.slice(0, 8)} recorded ${value.recordedAt.toISOString()}`,
    ),
    ...differences,
    mend('Undo the change by hand, or make it a migration of the next release.'),
  ];
}

function countOf(differences: number): string {
  return differences === 1 ? '1 object differs' : `${differences} objects differ`;
}
