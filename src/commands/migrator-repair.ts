import { numberOf, runRepair, type RepairFinding, type RepairReport } from '../migrator/index.ts';
import { jsonOption, type Command, type CommandContext } from './command.ts';
import { confirmByTyping } from './confirm.ts';
import { databaseOption, readMigratorInputs } from './migrator-inputs.ts';
import { markOf, paint, writeJson } from './terminal.ts';

/** `plimsoll migrator repair`: settles a migration that was interrupted outside a transaction. */
export const command: Command = {
  summary: 'Settle a migration that was interrupted outside a transaction, after showing what it has left.',
  options: {
    ...databaseOption,
    'mark-applied': { type: 'boolean', help: 'Run nothing: you have done by hand what the migration was to do.' },
    yes: { type: 'boolean', help: 'Do not ask.' },
    ...jsonOption,
  },
  exitCodes: {
    0: 'repaired, or nothing to repair',
    1: 'could not run',
    3: 'refused: a migrator is running, or not confirmed',
  },
  run: async (context) => {
    const inputs = await readMigratorInputs(context);
    const report = await runRepair({
      ...inputs,
      markApplied: context.options['mark-applied'] === true,
      confirm: async (finding) => await show(context, finding),
    });
    if (context.options['json'] === true) writeJson(context.stdout, report);
    else context.stdout.write(render(context, report));
    if (report.databases.some(({ outcome }) => outcome === 'failed')) return 1;
    return report.databases.some(({ outcome }) => outcome === 'refused') ? 3 : 0;
  },
};

const actions: Readonly<Record<RepairFinding['action'], string>> = {
  'run-again': 'run the statement again, then finish the ledger row',
  finish: 'the index is whole: finish the ledger row',
  'mark-applied': 'run nothing; finish the ledger row, because you say that the work is done',
};

/** Shows what was found, on stderr so that stdout stays the answer, and asks unless told not to. */
async function show(context: CommandContext, finding: RepairFinding): Promise<boolean> {
  const { leftover } = finding;
  const index =
    leftover === null ? 'none' : `${leftover.name}, ${leftover.isValid ? 'valid' : 'invalid: it will be dropped'}`;
  const lines = [
    `${finding.database}: migration ${numberOf(finding.version)}_${finding.name} was interrupted`,
    `  started    ${finding.startedAt.toISOString()} by ${finding.startedBy}`,
    '  migrator   none at work: the lock is free',
    `  index      ${index}`,
    `  will do    ${actions[finding.action]}`,
    ...(finding.sql ?? '')
      .trimEnd()
      .split('\n')
      .map((line) => `  | ${line}`),
  ];
  context.stderr.write(`${lines.join('\n')}\n`);
  if (context.options['yes'] === true) return true;
  return await confirmByTyping(context, finding.database);
}

function render({ stdout }: CommandContext, report: RepairReport): string {
  if (report.databases.every(({ outcome }) => outcome === 'nothing-to-repair'))
    return `${markOf(stdout, 'good')} nothing to repair\n`;
  const lines = report.databases.flatMap(({ name, outcome, findings, notes, error }) => {
    if (error !== null)
      return [
        `${markOf(stdout, 'bad')} ${name.padEnd(8)} ${outcome}: ${error.message} [${error.code}]`,
        `    ${paint(stdout, 'attention', `→ ${error.remedy}`)}`,
      ];
    if (outcome === 'nothing-to-repair') return [`${markOf(stdout, 'quiet')} ${name.padEnd(8)} nothing to repair`];
    const labels = findings.map(({ version, name }) => `${numberOf(version)}_${name}`).join(', ');
    return [
      `${markOf(stdout, 'good')} ${name.padEnd(8)} repaired ${labels}`,
      ...notes.map((note) => `    ${paint(stdout, 'attention', `! ${note}`)}`),
    ];
  });
  return `${lines.join('\n')}\n`;
}
